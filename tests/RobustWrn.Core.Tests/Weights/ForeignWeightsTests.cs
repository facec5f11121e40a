using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Weights under other people's names, behind prefixes, with more or less than the network has.</summary>
public class ForeignWeightsTests
{
    private static readonly WideResNetSpec Spec = WideResNetSpec.Of(stem: 4, depths: [1, 2], widths: [4, 6]);

    [Theory]
    [InlineData("trades", "")]
    [InlineData("gowal", "module.")]
    [InlineData("lu", "module._orig_mod.")]
    [InlineData("paper", "model.module.")]
    [InlineData("paper", "0.")]
    public void Load_NamesOfOthersBehindAPrefix_LoadsEveryTensorAndReportsBoth(string names, string prefix)
    {
        using DisposeScope scope = NewDisposeScope();
        WideResNetSpec spec = names == "gowal" ? Spec.WithLeaderboardConventions() : Spec;
        using Classifier source = spec.Build(1), target = spec.Build(2);
        IKeyMap map = (IKeyMap)Activator.CreateInstance(DescriptionTypes.Implementing(typeof(IKeyMap))[names])!;
        using NamedTensors stored = Renamed(source, name => prefix + map.ToForeign(name));

        WeightsReport report = NetworkWeights.Load(target.Network, stored, new WeightsOptions(), "theirs");

        Assert.Equal(new WeightsReport { Source = "theirs", Prefix = prefix, Names = names }, report);
        AssertEqual(source, target, _ => true);
    }

    [Fact]
    public void Load_UnusedCopyAndCounters_AreLeftOutAndReported()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier source = Spec.Build(1), target = Spec.Build(2);
        using NamedTensors stored = Renamed(source, name => "module.model." + new TradesNames().ToForeign(name),
            ("module.model.sub_block1.layer.0.conv1.weight", zeros(4)), ("n_averaged", zeros(1)), ("module.model.fc.total_ops", zeros(1)),
                ("total_params", zeros(1)));

        WeightsReport report = NetworkWeights.Load(target.Network, stored, new WeightsOptions());

        Assert.Equal(["module.model.sub_block1.layer.0.conv1.weight", "n_averaged", "module.model.fc.total_ops", "total_params"],
            report.LeftOut);
        Assert.Equal("module.model.", report.Prefix);
        Assert.Equal(
            "the weights, without the prefix module.model., names: trades; left out: module.model.sub_block1.layer.0.conv1.weight, "
            + "n_averaged, module.model.fc.total_ops, total_params", report.ToString());
        AssertEqual(source, target, _ => true);
    }

    [Fact]
    public void Load_AnotherNumberOfClasses_FitsWhenTheLastLayerIsSkipped()
    {
        using DisposeScope scope = NewDisposeScope();
        WideResNetSpec spec = Spec.WithLeaderboardConventions();
        using Classifier source = (spec with { Classes = 100 }).Build(1), target = spec.Build(2), untouched = spec.Build(2);
        using NamedTensors stored = Renamed(source, new GowalNames().ToForeign);

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => NetworkWeights.Load(target.Network, stored, new WeightsOptions()));
        WeightsReport report = NetworkWeights.Load(target.Network, stored, new WeightsOptions { Skip = ["fc.*"] });

        Assert.Contains("2 of another shape: fc.weight: the network has (10, 6), the file (100, 6); fc.bias", refused.Message);
        Assert.Equal(["fc.weight", "fc.bias"], report.Skipped);
        AssertEqual(source, target, name => !name.StartsWith("fc.", StringComparison.Ordinal));
        AssertEqual(untouched, target, name => name.StartsWith("fc.", StringComparison.Ordinal));
    }

    [Fact]
    public void Save_SqueezeAndExcitationUnderTheNamesOfGowal_WritesConvolutionsAsPengDoesAndReadsThem()
    {
        string path = Path.Combine(TestFolder.Make(), "weights.pth");
        using Classifier source = Spec.WithBlock(new SqueezeExcitationBlock()).Build(1), target = Spec.WithBlock(new SqueezeExcitationBlock()).Build(2);

        NetworkWeights.Save(source, path, new GowalNames());
        using NamedTensors written = PyTorchFile.Read(path);
        WeightsReport report = NetworkWeights.Load(target, path);

        Assert.Equal([4, 1, 1, 1], written["layer.0.block.0.se.fc2.weight"].shape);
        Assert.Equal("gowal", report.Names);
        AssertEqual(source, target, _ => true);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void Load_SkippingWhatIsNotThere_IsRefused()
    {
        using Classifier target = Spec.Build(2);
        using NamedTensors stored = Renamed(target, name => name);

        Assert.Contains("\"head.*\" fits none", Assert.Throws<ArgumentException>(() => NetworkWeights.Load(target.Network, stored, new WeightsOptions { Skip = ["head.*"] })).Message);
    }

    [Fact]
    public void Load_ThroughANamedMapThatIsNotTheirs_ListsWhatDoesNotFitByTheFilesNames()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier source = Spec.Build(1), target = Spec.Build(2);
        using NamedTensors stored = Renamed(source, new TradesNames().ToForeign);

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => NetworkWeights.Load(target.Network, stored, new WeightsOptions { Names = new PaperNames() }));

        Assert.Contains("missing: stem_conv.weight", refused.Message);
        Assert.Contains("unexpected: conv1.weight; block1.layer.0.bn1.weight", refused.Message);
    }

    [Fact]
    public void Load_TwoNamesForOneTensor_AreRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier target = Spec.Build(2);
        using NamedTensors stored = Renamed(target, new TradesNames().ToForeign, ("stem_conv.weight", zeros(1)));

        Assert.Contains("conv1.weight and stem_conv.weight are both stem_conv.weight",
            Assert.Throws<InvalidDataException>(() => NetworkWeights.Load(target.Network, stored, new WeightsOptions())).Message);
    }

    private static NamedTensors Renamed(Classifier classifier, Func<string, string> rename, params (string Name, Tensor Tensor)[] more)
    {
        OrderedDictionary<string, Tensor> tensors = [];
        foreach ((string name, Tensor tensor) in classifier.Network.state_dict())
            tensors.Add(rename(name), tensor.detach().clone());
        foreach ((string name, Tensor tensor) in more)
            tensors.Add(name, tensor);
        return new NamedTensors(tensors);
    }

    private static void AssertEqual(Classifier expected, Classifier actual, Func<string, bool> which) =>
        Assert.All(expected.Network.state_dict().Where(pair => which(pair.Key)), pair => Assert.True(actual.Network.state_dict()[pair.Key].Equals(pair.Value), pair.Key));
}
