using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public sealed class NetworkWeightsTests : IDisposable
{
    private static readonly WideResNetSpec Spec = WideResNetSpec.Of(stem: 4, depths: [1], widths: [4]);

    private readonly string _folder = TestFolder.Make();

    private string FilePath => Path.Combine(_folder, "weights.safetensors");

    [Fact]
    public void Open_SavedClassifier_HasItsSpecNormalisationWeightsAndLogits()
    {
        using DisposeScope scope = NewDisposeScope();
        WideResNetSpec spec = Spec.WithStage(0, stage => stage with { Activation = new LeakyRelu { Slope = 0.2 } }) with { Normalization = Normalization.Cifar10, Classes = 7 };
        using Classifier classifier = spec.Build(3);
        Tensor images = rand(4, 3, 8, 8);
        classifier.call(images); // moves the running statistics
        classifier.eval();

        NetworkWeights.Save(classifier, FilePath);
        using Classifier opened = NetworkWeights.Open(FilePath);

        Assert.Equal(spec, opened.Spec);
        Assert.False(opened.training);
        Assert.All(classifier.Network.state_dict(), pair => Assert.True(opened.Network.state_dict()[pair.Key].Equals(pair.Value), pair.Key));
        Assert.True(opened.call(images).Equals(classifier.call(images)));
    }

    [Fact]
    public void Save_AnyClassifier_WritesThePublishedNamesAndNothingElseInTheFolder()
    {
        using Classifier classifier = Spec.Build(0);

        NetworkWeights.Save(classifier, FilePath);

        using NamedTensors read = Safetensors.Read(FilePath);
        Assert.Equal(classifier.Network.state_dict().Keys, read.Names);
        Assert.Equal([FilePath], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Load_SeveralThingsWrong_ListsAllAndLoadsNothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Spec.Build(1), other = Spec.Build(2);
        Dictionary<string, byte[]> before = Bits(classifier);
        OrderedDictionary<string, Tensor> tensors = [];
        foreach ((string name, Tensor tensor) in other.Network.state_dict().Where(pair => pair.Key is not "stem_conv.weight" and not "fc.bias"))
            tensors.Add(name, tensor.detach().clone());
        tensors["fc.weight"] = zeros(100, 4);
        tensors.Add("head.weight", zeros(1));
        using NamedTensors named = new(tensors);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => NetworkWeights.Load(classifier.Network, named, "old.safetensors"));

        Assert.Equal("old.safetensors must fit the network; nothing was loaded. 2 missing: stem_conv.weight; fc.bias. 1 unexpected: head.weight."
            + " 1 of another shape: fc.weight: the network has (10, 4), the file (100, 4). Check the spec (depths, widths, classes) the weights were trained with.", error.Message);
        Assert.Equal(before, Bits(classifier));
    }

    [Fact]
    public void Load_ShapesThatWouldBroadcast_AreRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier one = (Spec with { InputChannels = 1 }).Build(1), three = Spec.Build(2);
        NetworkWeights.Save(one, FilePath);
        Dictionary<string, byte[]> before = Bits(three);

        WeightsFileException error = Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(three, FilePath));

        Assert.Contains("1 of another shape: stem_conv.weight: the network has (4, 3, 3, 3), the file (4, 1, 3, 3).", error.Message);
        Assert.Equal(before, Bits(three));
    }

    [Fact]
    public void Load_WithoutBatchCountersOrInAnotherType_FitsAndLeavesTheSourceUsable()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier source = Spec.Build(1), target = Spec.Build(2), wide = Spec.Build(3);
        wide.to(ScalarType.Float64);
        OrderedDictionary<string, Tensor> tensors = [];
        foreach ((string name, Tensor tensor) in source.Network.state_dict().Where(pair => !pair.Key.EndsWith("tracked", StringComparison.Ordinal)))
            tensors.Add(name, tensor.detach().clone());
        using NamedTensors named = new(tensors);

        NetworkWeights.Load(target.Network, named);
        NetworkWeights.Load(wide.Network, named);

        Assert.All(named.Pairs, pair => Assert.True(target.Network.state_dict()[pair.Key].Equals(pair.Value), pair.Key));
        Assert.Equal(ScalarType.Float64, wide.Network.state_dict()["fc.weight"].dtype);
        Assert.All(target.parameters(), parameter => Assert.True(parameter.requires_grad));
    }

    [Fact]
    public void Load_FileIntoAnyLayout_KeepsTheLayoutAndLeavesNoTensorBehind()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier source = Spec.Build(1), target = Spec.Build(2);
        NetworkWeights.Save(source, FilePath);
        Tensor weight = target.Network.state_dict()["blocks.0.layer.0.conv1.weight"];
        using (no_grad())
            weight.set_(weight.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2));
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        NetworkWeights.Load(target, FilePath);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal([36, 1, 12, 4], weight.stride());
        Assert.All(source.Network.state_dict(), pair => Assert.True(target.Network.state_dict()[pair.Key].Equals(pair.Value), pair.Key));
    }

    [Fact]
    public void Open_FileWithoutSpec_SaysHowToLoadIt()
    {
        using Classifier classifier = Spec.Build(0);
        Safetensors.Write(FilePath, classifier.Network.state_dict());

        Assert.Equal($"{FilePath} carries no spec: build the network from its spec and load the file into it with NetworkWeights.Load.",
            Assert.Throws<WeightsFileException>(() => NetworkWeights.Open(FilePath)).Message);
    }

    [Theory]
    [InlineData("""{"version":1,"type":"wide-res-net"}""", "carries a spec that cannot be built: Stages: must have at least one entry, got none.")]
    [InlineData("""{"version":9,"type":"wide-res-net"}""", "carries a spec that cannot be read: its spec has version 9")]
    [InlineData("nonsense", "carries a spec that cannot be read: its spec is not a valid description")]
    public void Open_FileWithABrokenSpec_IsInvalidData(string spec, string reason)
    {
        Safetensors.Write(FilePath, [], new Dictionary<string, string> { ["robustwrn.spec"] = spec });

        Assert.StartsWith($"{FilePath} {reason}", Assert.Throws<WeightsFileException>(() => NetworkWeights.Open(FilePath)).Message);
    }

    [Theory]
    [InlineData("\"depth\":1,", "\"depth\":2000000000,", "cannot be that of its")]
    [InlineData("\"width\":4", "\"width\":1000000000", "cannot be that of its")]
    [InlineData("\"width\":4", "\"width\":9999", "carries the spec of a network of")]
    [InlineData("\"depth\":1,", "\"depth\":9999,", "carries a spec that cannot be built")]
    public void Open_SpecOfAFarLargerNetwork_IsRefusedBeforeItIsBuilt(string part, string instead, string reason)
    {
        using Classifier classifier = Spec.Build(0);
        string json = string.Concat(DescriptionJson.Write(Spec).Where(character => !char.IsWhiteSpace(character))).Replace(part, instead, StringComparison.Ordinal);
        Safetensors.Write(FilePath, classifier.Network.state_dict(), new Dictionary<string, string> { ["robustwrn.spec"] = json });

        Assert.Contains(instead, json);
        Assert.Contains(reason, Assert.Throws<WeightsFileException>(() => NetworkWeights.Open(FilePath)).Message);
    }

    [Fact]
    public void Open_WeightsOfAnotherNetwork_LeavesNoTensorBehind()
    {
        using Classifier classifier = Spec.Build(0);
        Safetensors.Write(FilePath, classifier.Network.state_dict(), new Dictionary<string, string> { ["robustwrn.spec"] = DescriptionJson.Write(Spec with { Classes = 9 }) });
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Assert.Throws<WeightsFileException>(() => NetworkWeights.Open(FilePath));

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Dictionary<string, byte[]> Bits(Classifier classifier) =>
        classifier.Network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.bytes.ToArray());
}
