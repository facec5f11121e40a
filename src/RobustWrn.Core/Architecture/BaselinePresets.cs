namespace RobustWrn.Core;

/// <summary>The networks beside wide residual ones on which Huang et al. 2021 repeat their findings.</summary>
internal static class BaselinePresets
{
    private const string Huang = "HanxunH/RobustWRN, models/";

    public static IReadOnlyList<NetworkPreset> All { get; } =
    [
        new("ResNet-18", ResNetSpec.ResNet18, $"He et al. 2016, arXiv 1512.03385, for 32 x 32 images as in {Huang}ResNet.py"),
        new("ResNet-50", ResNetSpec.ResNet50, $"He et al. 2016, arXiv 1512.03385, for 32 x 32 images as in {Huang}ResNet.py"),
        new("VGG-11", VggSpec.Vgg11, Vgg),
        new("VGG-13", VggSpec.Vgg13, Vgg),
        new("VGG-16", VggSpec.Vgg16, Vgg),
        new("VGG-19", VggSpec.Vgg19, Vgg),
        new("DenseNet-121", DenseNetSpec.DenseNet121, $"Huang, Liu et al. 2017, arXiv 1608.06993, for 32 x 32 images as in {Huang}densenet.py"),
    ];

    private const string Vgg = $"Simonyan and Zisserman 2015, arXiv 1409.1556, with batch normalisation for 32 x 32 images as in {Huang}vgg.py";
}
