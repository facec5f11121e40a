using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class SpectralNormsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Of_WideResNet_FindsEveryConvolutionInItsStageAtItsSize()
    {
        using Classifier model = WideResNetSpec.Of(stem: 4, depths: [1, 2], widths: [4, 6]).Build(3);

        ValueList<LayerSpectralNorm> layers = SpectralNorms.Of(model, zeros([1, 3, 8, 8]));

        Assert.Equal(
        [
            "stem: network.stem_conv [3, 8, 8]",
            "stage 1: network.blocks.0.layer.0.conv1 [4, 8, 8]", "stage 1: network.blocks.0.layer.0.conv2 [4, 8, 8]",
            "stage 2: network.blocks.1.layer.0.conv1 [4, 8, 8]", "stage 2: network.blocks.1.layer.0.conv2 [6, 4, 4]", "stage 2: network.blocks.1.layer.0.convShortcut [4, 8, 8]",
            "stage 2: network.blocks.1.layer.1.conv1 [6, 4, 4]", "stage 2: network.blocks.1.layer.1.conv2 [6, 4, 4]",
            "logits: network.fc [6]",
        ], layers.Select(layer => $"{layer.Stage}: {layer.Layer} {layer.Input}"));
        Assert.All(layers, layer => Assert.True(layer.Norm.Converged));
        using Tensor fc = linalg.svdvals(model.get_parameter("network.fc.weight")!);
        Assert.Equal(fc[0].Number(), layers[^1].Norm.Value, 1e-4);

        ValueList<StageSpectralNorms> stages = SpectralNorms.ByStage(layers);
        Assert.Equal([("stem", 1), ("stage 1", 2), ("stage 2", 5), ("logits", 1)], stages.Select(stage => (stage.Stage, stage.Layers)));
        Assert.Equal(layers[1].Norm.Value * layers[2].Norm.Value, stages[1].Product, 1e-12);
        Assert.Equal(layers.Skip(3).Take(5).Max(layer => layer.Norm.Value), stages[2].Maximum);
    }

    public static TheoryData<string> Blocks() => [.. DescriptionTypes.Implementing(typeof(IBlock)).Keys];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Of_EveryBlock_FindsAllItsMatrices(string block)
    {
        WideResNetSpec spec = WideResNetSpec.Of(stem: 8, depths: [2], widths: [32])
            .WithStage(0, stage => stage with { Block = (IBlock)Activator.CreateInstance(DescriptionTypes.Implementing(typeof(IBlock))[block])! });
        using Classifier model = spec.Build(3);

        ValueList<LayerSpectralNorm> layers = SpectralNorms.Of(model, zeros([1, 3, 8, 8]));

        Assert.Equal(model.named_parameters().Where(named => named.parameter.dim() >= 2).Select(named => named.name[..named.name.LastIndexOf('.')]).Order(), layers.Select(layer => layer.Layer).Order());
    }

    [Fact]
    public void Of_OneStageWithScaledWeights_ScalesThatStageAlone()
    {
        using Classifier model = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 6]).Build(3);
        Tensor image = zeros([1, 3, 8, 8]);
        ValueList<StageSpectralNorms> before = SpectralNorms.ByStage(SpectralNorms.Of(model, image));
        using (no_grad())
        {
            foreach ((string name, Parameter weight) in model.named_parameters().Where(named => named.name.StartsWith("network.blocks.1", StringComparison.Ordinal) && named.parameter.dim() == 4))
                weight.TimesInPlace(2);
        }

        ValueList<StageSpectralNorms> after = SpectralNorms.ByStage(SpectralNorms.Of(model, image));

        // Three convolutions: two of the block and its shortcut.
        Assert.Equal([1.0, 1, 8, 1], after.Zip(before).Select(pair => Math.Round(pair.First.Product / pair.Second.Product, 6)));
        Assert.Equal(2, after[2].Maximum / before[2].Maximum, 1e-6);
    }

    [Fact]
    public void Of_LayersThatAreNotLinear_AreLeftOut()
    {
        using Sequential model = nn.Sequential(
            nn.Conv2d(3, 4, 3, padding: 1), new BatchNormalization().Build(4), new PRelu().Build(4), new SquaringModel(), nn.Conv2d(4, 4, 3, stride: 2, groups: 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 5));

        ValueList<LayerSpectralNorm> layers = SpectralNorms.Of(model, zeros([1, 3, 8, 8]));

        Assert.Equal(["0", "4", "7"], layers.Select(layer => layer.Layer));
        Assert.All(layers, layer => Assert.Equal("logits", layer.Stage));
    }

    [Fact]
    public void Of_LayerCalledOnTwoSizes_IsThereForEach()
    {
        Conv2d shared = nn.Conv2d(2, 2, 3, padding: 1);
        using Sequential model = nn.Sequential(shared, nn.AvgPool2d(2), shared, nn.Flatten());
        Assert.Equal(["[2, 8, 8]", "[2, 4, 4]"], SpectralNorms.Of(model, zeros([1, 2, 8, 8])).Select(layer => layer.Input.ToString()));
    }

    [Fact]
    public void Of_FailingForwardPass_RestoresTheModelAndLeavesNoTensorBehind()
    {
        using Sequential model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(7, 2));
        Tensor image = zeros([1, 3, 4, 4]);
        Assert.ThrowsAny<Exception>(() => SpectralNorms.Of(model, image));
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Assert.ThrowsAny<Exception>(() => SpectralNorms.Of(model, image));

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.True(model.training);
        Assert.All(model.parameters(), parameter => Assert.True(parameter.requires_grad));
    }

    [Fact]
    public void Of_BatchOfImages_IsRefused()
    {
        using Classifier model = WideResNetSpec.Of(stem: 4, depths: [1], widths: [4]).Build(3);
        Assert.StartsWith("the image must be one of (1, C, H, W), got (2, 3, 8, 8). Take one with images.narrow(0, 0, 1).",
            Assert.Throws<ArgumentException>(() => SpectralNorms.Of(model, zeros([2, 3, 8, 8]))).Message);
    }
}
