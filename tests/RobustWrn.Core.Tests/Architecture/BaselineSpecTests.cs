using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class BaselineSpecTests
{
    /// <summary>Parameters and multiply-adds of the authors' modules at 32x32, counted in PyTorch by their layers' weights and output shapes.</summary>
    [Theory]
    [InlineData("ResNet-18", 11_173_962, 555_422_720)]
    [InlineData("ResNet-50", 23_520_842, 1_297_829_888)]
    [InlineData("VGG-11", 9_231_114, 152_769_536)]
    [InlineData("VGG-13", 9_416_010, 228_267_008)]
    [InlineData("VGG-16", 14_728_266, 313_201_664)]
    [InlineData("VGG-19", 20_040_522, 398_136_320)]
    [InlineData("DenseNet-121", 6_956_298, 888_350_720)]
    public void Cost_Preset_IsExactlyThatOfTheAuthorsModule(string name, long parameters, long multiplyAdds)
    {
        NetworkCost cost = NetworkPresets.Get(name).Cost(32, 32);

        Assert.Equal((parameters, multiplyAdds), (cost.Parameters, cost.MultiplyAdds));
    }

    /// <summary>ResNet-34 and DenseNet-169 are no presets, but the specs can say them.</summary>
    [Fact]
    public void Cost_OtherPublishedDepthsAndWidths_IsExactlyThatOfTheAuthorsModule()
    {
        NetworkCost resNet34 = ResNetSpec.Of(64, [3, 4, 6, 3], [64, 128, 256, 512]).Cost(32, 32);
        NetworkCost denseNet169 = DenseNetSpec.Of(32, [6, 12, 32, 32], [64, 128, 256, 640]).Cost(32, 32);

        Assert.Equal((21_282_122, 1_159_402_496), (resNet34.Parameters, resNet34.MultiplyAdds));
        Assert.Equal((12_493_322, 1_059_799_296), (denseNet169.Parameters, denseNet169.MultiplyAdds));
    }

    [Fact]
    public void Cost_RandomResNets_IsThatOfTheBuiltNetwork() => AssertCosts(BaselineGen.ResNet, spec => spec.Stages.Count + 2);

    [Fact]
    public void Cost_RandomVggs_IsThatOfTheBuiltNetwork() => AssertCosts(BaselineGen.Vgg, spec => spec.Stages.Count + 1);

    [Fact]
    public void Cost_RandomDenseNets_IsThatOfTheBuiltNetwork() => AssertCosts(BaselineGen.DenseNet, spec => spec.Stages.Count + 2);

    [Fact]
    public void Json_RandomNetworks_ReadBackEqualWithTheSameFingerprint() =>
        BaselineGen.Any.Sample(spec =>
        {
            INetworkSpec read = DescriptionJson.Read<INetworkSpec>(DescriptionJson.Write(spec));
            Assert.Equal(spec, read);
            Assert.Equal(DescriptionJson.Fingerprint(spec), DescriptionJson.Fingerprint(read));
        }, iter: 200, threads: 1);

    /// <summary>Studies and results are keyed by these: a change means that stored runs no longer resume.</summary>
    [Fact]
    public void Canonical_SmallNetworks_StaysTheSameForever()
    {
        Assert.Equal("""{"activation":{"type":"relu"},"classes":10,"featureNormalization":{"epsilon":1E-05,"momentum":0.1,"type":"batch-norm"},"inputChannels":3,"normalization":{"mean":[],"std":[]},"stages":[{"depth":2,"width":8}],"type":"vgg"}""",
            DescriptionJson.Canonical(VggSpec.Of([2], [8])));
        Assert.Equal("""{"activation":{"type":"relu"},"bottleneckFactor":4,"classes":10,"featureNormalization":{"epsilon":1E-05,"momentum":0.1,"type":"batch-norm"},"growth":12,"inputChannels":3,"normalization":{"mean":[],"std":[]},"stages":[{"depth":2,"width":8}],"type":"dense-net"}""",
            DescriptionJson.Canonical(DenseNetSpec.Of(12, [2], [8])));
        Assert.Equal("""{"classes":10,"featureNormalization":{"epsilon":1E-05,"momentum":0.1,"type":"batch-norm"},"inputChannels":3,"normalization":{"mean":[],"std":[]},"padding":"symmetric","stages":[{"activation":{"type":"relu"},"block":{"type":"post-activation"},"depth":2,"dropout":0,"stride":1,"width":8}],"stem":{"kernel":3,"pooled":false,"stride":1,"width":4},"stemActivation":{"type":"relu"},"type":"res-net","zeroInitResidual":false}""",
            DescriptionJson.Canonical(ResNetSpec.Of(4, [2], [8])));
    }

    [Fact]
    public void Name_PublishedOrOwn_IsThePresetsOrDepthsAndWidths()
    {
        Assert.Equal("ResNet-50", (ResNetSpec.ResNet50 with { Classes = 100, InputChannels = 1, Normalization = Normalization.Cifar10 }).Name);
        Assert.Equal("ResNet 2-2-2-2 / 64-128-256-384", ResNetSpec.ResNet18.WithStage(^1, stage => stage with { Width = 384 }).Name);
        Assert.Equal("ResNet 3-4-6-3 / 64-128-256-512 post-activation-bottleneck silu", ResNetSpec.ResNet50.WithActivation(new Silu()).Name);
        Assert.Equal("VGG 1-1-2-2-1 / 64-128-256-512-512", VggSpec.Vgg11.WithStage(^1, stage => stage with { Depth = 1 }).Name);
        Assert.Equal("DenseNet 6-12-24-16 / 64-128-256-384 +32", DenseNetSpec.DenseNet121.WithStage(3, stage => stage with { Width = 384 }).Name);
        Assert.Equal(["ResNet (incomplete)", "VGG (incomplete)", "DenseNet (incomplete)"],
            [new ResNetSpec { Stages = null! }.Name, new VggSpec { Stages = null! }.Name, new DenseNetSpec { Stages = null! }.Name]);
    }

    [Fact]
    public void Problems_EverythingWrong_ListsAllAtOnce()
    {
        ResNetSpec resNet = new() { Stem = null!, StemActivation = null!, Stages = [new StageSpec { Depth = 0, Block = null! }], Classes = 1, InputChannels = 0, FeatureNormalization = null!, Padding = (Padding)7 };
        VggSpec vgg = new() { Stages = [new VggStage { Depth = 0, Width = -1 }], Activation = null!, Classes = 1, Normalization = null! };
        DenseNetSpec denseNet = new() { Stages = [new DenseNetStage { Depth = 1_001, Width = 0 }], Growth = 0, BottleneckFactor = 0, Activation = null! };

        Assert.Equal(["Stem", "StemActivation", "Stages[0].Depth", "Stages[0].Block", "Padding", "Classes", "InputChannels", "FeatureNormalization"], Subjects(resNet));
        Assert.Equal(["Stages[0].Depth", "Stages[0].Width", "Activation", "Classes", "Normalization"], Subjects(vgg));
        Assert.Equal(["Stages[0].Depth", "Stages[0].Width", "Growth", "BottleneckFactor", "Activation"], Subjects(denseNet));
        Assert.Equal(["Stages", "Stages", "Stages"], [.. Subjects(new ResNetSpec()), .. Subjects(new VggSpec()), .. Subjects(new DenseNetSpec())]);
        Assert.Throws<InvalidDescriptionException>(() => denseNet.Cost(32, 32));
        Assert.Equal([1, 1], [(new VggSpec { Stages = null! }).SmallestSide, (new DenseNetSpec { Stages = null! }).SmallestSide]);
        Assert.Throws<InvalidDescriptionException>(() => vgg.Build(0));
    }

    [Fact]
    public void Problems_AbsurdSizes_AreReportedWithoutBuildingAnything()
    {
        GroupNormalization groups = new() { ChannelsPerGroup = 4 };

        Assert.Contains("at most 2^34 parameters", Assert.Single(ResNetSpec.Of(1, [1], [1 << 20]).Problems()).Message);
        Assert.Contains("at most 20000 layers", Assert.Single(ResNetSpec.Of(1, [20_000], [1]).Problems()).Message);
        Assert.Equal(["Stages[0].Depth", "Stages[0].Width"], Subjects(VggSpec.Of([int.MaxValue], [int.MaxValue])));
        Assert.Equal(["Growth"], Subjects(DenseNetSpec.Of(int.MaxValue, [5], [8])));
        Assert.Equal(["Classes"], Subjects(VggSpec.Vgg11 with { Classes = int.MaxValue }));
        Assert.Equal("Stages", Assert.Single(VggSpec.Of([.. Enumerable.Repeat(1, 17)], [.. Enumerable.Repeat(1, 17)]).Problems()).Subject);
        Assert.Equal("Stages[1].ChannelsPerGroup", Assert.Single((VggSpec.Of([1, 1], [8, 9]) with { FeatureNormalization = groups }).Problems()).Subject);
    }

    [Theory]
    [InlineData("VGG-16", 32)]
    [InlineData("DenseNet-121", 8)]
    public void CostAndForward_ImagesThePoolingsLeaveNothingOf_AreRefusedWithTheSizeNeeded(string name, int smallest)
    {
        INetworkSpec spec = NetworkPresets.Get(name);
        string message = $"images must be at least {smallest} x {smallest} for the poolings of {name}, got {smallest} x {smallest - 1}. Take larger images or fewer stages.";

        Assert.True(spec.Cost(smallest, smallest).MultiplyAdds > 0);
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(() => spec.Cost(smallest, smallest - 1)).Message);
        using DisposeScope scope = NewDisposeScope();
        using Classifier small = VggSpec.Of([1, 1], [4, 4]).Build(0);
        Assert.StartsWith("images must be at least 4 x 4 for the poolings of VGG 1-1 / 4-4, got 3 x 9.", Assert.Throws<ArgumentException>(() => small.call(zeros(1, 3, 3, 9))).Message);
    }

    [Fact]
    public void With_StageThatIsNotThere_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ResNetSpec.ResNet18.WithStage(4, stage => stage));
        Assert.Throws<ArgumentOutOfRangeException>(() => VggSpec.Vgg11.WithStage(^6, stage => stage));
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseNetSpec.DenseNet121.WithStage(-1 + 5, stage => stage));
        Assert.Throws<ArgumentException>(() => VggSpec.Of([1, 2], [8]));
    }

    private static string[] Subjects(INetworkSpec spec) => [.. spec.Problems().Select(problem => problem.Subject)];

    private static void AssertCosts<T>(Gen<T> specs, Func<T, int> parts)
        where T : INetworkSpec =>
        Gen.Select(specs, Gen.Int[8, 13], Gen.Int[8, 13]).Sample((spec, height, width) =>
        {
            using Classifier classifier = spec.Build(0);
            NetworkCost cost = spec.Cost(height, width);

            Assert.Equal(classifier.parameters().Sum(parameter => parameter.numel()), cost.Parameters);
            Assert.Equal(CountedMultiplyAdds.Of(classifier, height, width), cost.MultiplyAdds);
            Assert.Equal(cost.Parameters, cost.Parts.Sum(part => part.Parameters));
            Assert.Equal(parts(spec), cost.Parts.Count);
        }, iter: 120, threads: 1);
}
