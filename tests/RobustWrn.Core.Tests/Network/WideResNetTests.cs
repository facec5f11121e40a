using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class WideResNetTests
{
    private static readonly WideResNetSpec Small = WideResNetSpec.Of(stem: 8, depths: [1, 2], widths: [8, 12]);

    [Fact]
    public void StateDict_SmallNetwork_HasThePublishedNamesInOrder()
    {
        using Classifier classifier = Small.Build(0);

        Assert.Equal(
        [
            "stem_conv.weight",
            .. Norm("blocks.0.layer.0.bn1"), "blocks.0.layer.0.conv1.weight", .. Norm("blocks.0.layer.0.bn2"), "blocks.0.layer.0.conv2.weight",
            .. Norm("blocks.1.layer.0.bn1"), "blocks.1.layer.0.conv1.weight", .. Norm("blocks.1.layer.0.bn2"), "blocks.1.layer.0.conv2.weight",
            "blocks.1.layer.0.convShortcut.weight",
            .. Norm("blocks.1.layer.1.bn1"), "blocks.1.layer.1.conv1.weight", .. Norm("blocks.1.layer.1.bn2"), "blocks.1.layer.1.conv2.weight",
            .. Norm("bn1"), "fc.weight", "fc.bias",
        ], classifier.Network.state_dict().Keys);

        static string[] Norm(string name) => [$"{name}.weight", $"{name}.bias", $"{name}.running_mean", $"{name}.running_var", $"{name}.num_batches_tracked"];
    }

    [Fact]
    public void StateDict_PublishedModel_HasTheFilesNamesInTheFilesOrder()
    {
        using VectorCase vectors = VectorCase.Open("model_four_stages_mixed");
        using Classifier classifier = vectors.BuildModel(ScalarType.Float32);

        Assert.Equal(vectors.Names.Where(name => name.StartsWith("model.", StringComparison.Ordinal)).Select(name => name["model.".Length..]),
            classifier.Network.state_dict().Keys);
    }

    [Fact]
    public void Build_InsideADisposeScope_OutlivesTheScope()
    {
        Classifier classifier;
        using (NewDisposeScope())
            classifier = (Small with { Normalization = Normalization.Cifar10 }).Build(3);
        using DisposeScope scope = NewDisposeScope();

        Tensor logits = classifier.call(rand(2, 3, 8, 8));
        nn.functional.cross_entropy(logits, zeros(2, ScalarType.Int64)).backward();

        Assert.All(classifier.Network.state_dict().Values, tensor => Assert.False(tensor.IsInvalid));
        Assert.All(classifier.parameters(), parameter => Assert.NotNull(parameter.grad));
        classifier.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Build_UsedAndDisposed_LeavesNoTensor(bool normalised)
    {
        WideResNetSpec spec = Small.WithStage(0, stage => stage with { Dropout = 0.3 }) with { Normalization = normalised ? Normalization.Cifar10 : Normalization.Identity };
        UseAndDispose(spec);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        UseAndDispose(spec);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Forward_InAScope_LeavesOnlyTheLogits()
    {
        using Classifier classifier = (Small with { Normalization = Normalization.Cifar10 }).Build(0);
        using Tensor images = rand(2, 3, 8, 8);
        classifier.call(images).Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Tensor logits = classifier.call(images);

        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        logits.Dispose();
    }

    [Fact]
    public void Forward_AnotherChannelCount_SaysWhatIsExpected()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Small.Build(0);

        ArgumentException error = Assert.Throws<ArgumentException>(() => classifier.call(zeros(2, 1, 8, 8)));

        Assert.StartsWith("images must be (N, 3, H, W), got (2, 1, 8, 8).", error.Message);
    }

    [Theory]
    [InlineData(1, 8, 8)]
    [InlineData(4, 7, 5)]
    [InlineData(1, 1, 1)]
    public void Forward_GreyscaleOddOrTinyImages_GivesOneRowOfLogitsPerImage(int channels, int height, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = (Small with { InputChannels = channels, Classes = 3 }).Build(0);
        classifier.eval();

        Assert.Equal([2, 3], classifier.call(rand(2, channels, height, width)).shape);
    }

    [Fact]
    public void Forward_EvaluationMode_DoesNotDependOnTheOthersInTheBatch()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Small.Build(0);
        classifier.to(ScalarType.Float64);
        classifier.eval();
        Tensor images = rand(4, 3, 9, 9, ScalarType.Float64);

        Tensor apart = cat([classifier.call(images[..1]), classifier.call(images[1..])]);

        Assert.True((apart - classifier.call(images)).abs().max().item<double>() < 1e-12);
    }

    private static void UseAndDispose(WideResNetSpec spec)
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = spec.Build(1);
        nn.functional.cross_entropy(classifier.call(rand(2, 3, 8, 8)), zeros(2, ScalarType.Int64)).backward();
    }
}
