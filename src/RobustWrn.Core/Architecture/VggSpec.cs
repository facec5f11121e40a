using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A VGG network (Simonyan and Zisserman 2015, arXiv 1409.1556) with normalisation and one linear layer, as usual for 32x32 images,
/// whose stages are configured one by one: 3x3 convolutions with bias, each normalised and activated, and a 2x2 maximum pooling after
/// each stage. One of the networks that Huang et al. 2021 repeat their findings on.
/// </summary>
/// <remarks>
/// The mean over the pixels that the poolings leave goes to the linear layer; at 32x32 five poolings leave one, as the authors' code
/// needs. New weights are drawn as in this library's wide residual networks (<see cref="ConvolutionLayer"/>, <see cref="LinearLayer"/>),
/// biases 0; the authors' code leaves PyTorch's defaults.
/// </remarks>
public sealed record VggSpec : INetworkSpec
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "vgg";

    // 2^16 pixels a side: no image is larger.
    private const int MostStages = 16;

    /// <summary>VGG-11: depths 1, 1, 2, 2, 2, widths 64 to 512.</summary>
    public static VggSpec Vgg11 { get; } = Of(depths: [1, 1, 2, 2, 2], widths: [64, 128, 256, 512, 512]);

    /// <summary>VGG-13: depths 2, 2, 2, 2, 2, widths 64 to 512.</summary>
    public static VggSpec Vgg13 { get; } = Of(depths: [2, 2, 2, 2, 2], widths: [64, 128, 256, 512, 512]);

    /// <summary>VGG-16: depths 2, 2, 3, 3, 3, widths 64 to 512.</summary>
    public static VggSpec Vgg16 { get; } = Of(depths: [2, 2, 3, 3, 3], widths: [64, 128, 256, 512, 512]);

    /// <summary>VGG-19: depths 2, 2, 4, 4, 4, widths 64 to 512.</summary>
    public static VggSpec Vgg19 { get; } = Of(depths: [2, 2, 4, 4, 4], widths: [64, 128, 256, 512, 512]);

    /// <summary>The stages, 1 to 16. Images must have at least 2^stages rows and columns.</summary>
    public ValueList<VggStage> Stages { get; init; } = [];

    /// <summary>The nonlinearity after each convolution. Default: ReLU.</summary>
    public IActivation Activation { get; init; } = new Relu();

    /// <summary>How many classes. Default 10.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>Channels of the images. Default 3.</summary>
    public int InputChannels { get; init; } = 3;

    /// <summary>What happens to pixels before the first convolution. Default: nothing, as in the code of Huang et al. 2021.</summary>
    public Normalization Normalization { get; init; } = Normalization.Identity;

    /// <summary>How features are normalised. Default: batch normalisation with PyTorch's numbers.</summary>
    public IFeatureNormalization FeatureNormalization { get; init; } = new BatchNormalization();

    /// <summary>A network of ReLU stages.</summary>
    /// <param name="depths">Convolutions per stage.</param>
    /// <param name="widths">Channels per stage, as many as depths.</param>
    /// <exception cref="ArgumentException">There are not as many widths as depths.</exception>
    public static VggSpec Of(ReadOnlySpan<int> depths, ReadOnlySpan<int> widths) =>
        new() { Stages = SpecRules.Stages(depths, widths, (_, depth, width) => new VggStage { Depth = depth, Width = width }) };

    /// <summary>The network with one stage changed: <c>spec.WithStage(^1, stage => stage with { Width = 256 })</c>.</summary>
    /// <param name="stage">Which one; <c>^1</c> is the last.</param>
    /// <param name="change">Makes the new stage from the old one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stage.</exception>
    public VggSpec WithStage(Index stage, Func<VggStage, VggStage> change) => this with { Stages = SpecRules.WithStage(Stages, stage, change) };

    /// <inheritdoc/>
    INetworkSpec INetworkSpec.WithNormalization(Normalization normalization) => this with { Normalization = normalization };

    /// <inheritdoc/>
    public string Name => BaselineName.Of(this);

    /// <inheritdoc/>
    public int SmallestSide => 1 << Math.Min(Stages?.Count ?? 0, MostStages);

    /// <inheritdoc/>
    public NetworkCost Cost(int height, int width) => NetworkTrace.Cost(this, height, width, Trace);

    /// <inheritdoc/>
    public Classifier Build(Seed seed, Device? device = null) => NetworkInitialization.Classifier(this, () => new Vgg(this), Normalization, seed, device);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems()
    {
        Problem[] parts =
        [
            .. SpecRules.OfStages(Stages, stage => stage.Problems()),
            .. Rule.Holds(Stages is null || Stages.Count <= MostStages, nameof(Stages), $"must be at most {MostStages}, since each halves the resolution, got {Stages?.Count}."),
            .. Activation.ProblemsAs(nameof(Activation)),
            .. SpecRules.Of(this, FeatureNormalization, Normalization),
        ];
        return parts.Length > 0 ? parts : NetworkTrace.Problems(this, Trace);
    }

    private void Trace(NetworkTrace network)
    {
        for (int s = 0; s < Stages.Count; s++)
        {
            VggStage stage = Stages[s];
            network.Stage(s + 1, stage.Depth, $"{nameof(Stages)}[{s}]",
                (trace, features, _) => Activation.Trace(trace, FeatureNormalization.Trace(trace, trace.Convolution(features, stage.Width, 3, bias: true))),
                (trace, features) => trace.MaxPoolApart(features, 2));
        }
        network.Part("head", null, (trace, features) => trace.Linear(trace.GlobalAveragePool(features), Classes));
    }
}
