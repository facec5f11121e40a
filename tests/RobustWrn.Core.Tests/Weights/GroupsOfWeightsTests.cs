using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Files that hold more than one network, or a network among other things.</summary>
public sealed class GroupsOfWeightsTests : IDisposable
{
    private static readonly WideResNetSpec Spec = WideResNetSpec.Of(stem: 2, depths: [1], widths: [2]) with { Classes = 3 };

    private readonly string _folder = TestFolder.Make();
    private readonly DisposeScope _scope = NewDisposeScope();

    private string FilePath => Path.Combine(_folder, "weights.safetensors");

    [Fact]
    public void Load_ModelBesideItsAttacker_TakesTheModelAndItsNormalizer()
    {
        using Classifier source = Spec.Build(1), other = Spec.Build(3), target = Spec.Build(2);
        Tensor mean = tensor(new[] { 0.5f, 0.5f, 0.5f }).reshape(3, 1, 1), std = tensor(new[] { 0.25f, 0.25f, 0.25f }).reshape(3, 1, 1);
        Write([("module.normalizer.new_mean", mean), ("module.normalizer.new_std", std), .. Named(source, "module.model."),
            ("module.attacker.normalize.new_mean", mean), ("module.attacker.normalize.new_std", std),
                .. Named(other, "module.attacker.model.")]);

        WeightsReport report = NetworkWeights.Load(target, FilePath);

        Assert.Equal(("module.model.", "paper", true), (report.Prefix, report.Names, report.NormalizationApplied));
        Assert.All(report.LeftOut, name => Assert.StartsWith("module.attacker.model.", name));
        AssertEqual(source, target);
    }

    [Fact]
    public void Load_SkipByNamesOfTheFile_LeavesThemOut()
    {
        using Classifier source = Spec.Build(1), other = Spec.Build(3), target = Spec.Build(2);
        Write([.. Named(other, "student."), .. Named(source, "teacher.", new TradesNames())]);

        string refused = Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, FilePath)).Message;
        WeightsReport report = NetworkWeights.Load(target, FilePath, new WeightsOptions { Skip = ["student.*"] });

        Assert.Contains("holds more than one set of weights that fits the network: student.* and teacher.*", refused);
        Assert.Equal(("teacher.", "trades"), (report.Prefix, report.Names));
        AssertEqual(source, target);
    }

    [Fact]
    public void Load_EnsembleOfTwo_IsRefused()
    {
        using Classifier source = Spec.Build(1), target = Spec.Build(2);
        Write([.. Named(source, "0."), .. Named(source, "1.")]);

        Assert.Contains(
            "0.* and 1.*. Leave out all but one", Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, FilePath)).Message);
    }

    [Fact]
    public void Load_ModelBesideAnAverage_TakesTheModel()
    {
        using Classifier source = Spec.Build(1), average = Spec.Build(3), target = Spec.Build(2);
        Write([.. Named(average, "ema."), .. Named(source, "model."), ("n_averaged", zeros(1, ScalarType.Int64))]);

        Assert.Equal("model.", NetworkWeights.Load(target, FilePath).Prefix);
        AssertEqual(source, target);
        NetworkWeights.Load(target, FilePath, new WeightsOptions { Skip = ["model.*"] });
        AssertEqual(average, target);
    }

    [Fact]
    public void Load_OtherLayersBesideTheNetwork_AreRefusedByNameUnlessTheyAreSkipped()
    {
        using Classifier source = Spec.Build(1), target = Spec.Build(2);
        Write([.. Named(source, "backbone."), ("denoiser.conv1.weight", zeros(3, 3)), ("denoiser.conv1.total_ops", zeros(1))]);

        string refused = Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, FilePath)).Message;
        WeightsReport report = NetworkWeights.Load(target, FilePath, new WeightsOptions { Skip = ["denoiser.*"] });

        Assert.Contains("1 unexpected: denoiser.conv1.weight.", refused);
        Assert.Equal(["denoiser.conv1.weight", "denoiser.conv1.total_ops"], report.LeftOut);
        AssertEqual(source, target);
    }

    [Fact]
    public void Load_NetworkWithoutPrefixBesideItsAverage_TakesTheNetwork()
    {
        using Classifier source = Spec.Build(1), average = Spec.Build(3), target = Spec.Build(2);
        Write([.. Named(average, "average."), .. Named(source, "")]);

        Assert.All(NetworkWeights.Load(target, FilePath).LeftOut, name => Assert.StartsWith("average.", name));
        AssertEqual(source, target);
    }

    [Fact]
    public void Load_DeeperNetworkOrPartsThatShareItsNames_AreNoCopies()
    {
        using Classifier deeper = Spec.WithDepths(2).Build(1), source = Spec.Build(1), target = Spec.Build(2);

        Write([.. Named(deeper, "module.")]);
        Assert.Contains("unexpected: module.blocks.0.layer.1.bn1.weight",
            Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, FilePath)).Message);
        Write([.. Named(source, "module."), ("denoiser.bn1.weight", zeros(2)), ("denoiser.stem_conv.weight", zeros(2))]);
        Assert.Contains("2 unexpected: denoiser.bn1.weight; denoiser.stem_conv.weight",
            Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, FilePath)).Message);
    }

    [Theory]
    [InlineData("logits.*")]
    [InlineData("module.logits.*")]
    [InlineData("fc.*")]
    public void Load_SkipByAnyNameOfTheLastLayer_KeepsTheNetworks(string pattern)
    {
        WideResNetSpec spec = Spec.WithLeaderboardConventions();
        using Classifier source = (spec with { Classes = 9 }).Build(1), target = spec.Build(2), untouched = spec.Build(2);
        Write([.. Named(source, "module.", new GowalNames())]);

        WeightsReport report = NetworkWeights.Load(target, FilePath, new WeightsOptions { Skip = [pattern] });

        Assert.Equal(["fc.weight", "fc.bias"], report.Skipped);
        Assert.True(untouched.Network.state_dict()["fc.weight"].Equals(target.Network.state_dict()["fc.weight"]));
        Assert.True(source.Network.state_dict()["stem_conv.weight"].Equals(target.Network.state_dict()["stem_conv.weight"]));
    }

    [Theory]
    [InlineData("network", 1)]
    [InlineData("network", 100_000)]
    [InlineData("network_legacy", 1)]
    [InlineData("network_legacy", 100_000)]
    public void Load_FileThatEndsInZeros_GivesItsLogits(string name, int zeros)
    {
        string path = Path.Combine(_folder, "padded.pth");
        File.WriteAllBytes(path, [.. File.ReadAllBytes(TorchFixture.Path(name)), .. new byte[zeros]]);
        using Classifier classifier = TorchFixture.Spec.Build(0);

        NetworkWeights.Load(classifier, path);

        TorchFixture.AssertGivesTheLogitsOfPyTorch(classifier);
    }

    [Theory]
    [InlineData("network")]
    [InlineData("network_legacy")]
    public void Load_FileThatGoesOnAfterItsEnd_IsRefused(string name)
    {
        string path = Path.Combine(_folder, "longer.pth");
        File.WriteAllBytes(path, [.. File.ReadAllBytes(TorchFixture.Path(name)), .. new byte[100], 1]);
        using Classifier classifier = TorchFixture.Spec.Build(0);

        Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(classifier, path));
    }

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Write((string Name, Tensor Tensor)[] tensors) =>
        Safetensors.Write(FilePath, tensors.Select(pair => KeyValuePair.Create(pair.Name, pair.Tensor)));

    private static IEnumerable<(string, Tensor)> Named(Classifier classifier, string prefix, IKeyMap? names = null) =>
        classifier.Network.state_dict().Select(pair => (prefix + (names ?? new PaperNames()).ToForeign(pair.Key), pair.Value));

    private static void AssertEqual(Classifier expected, Classifier actual) =>
        Assert.All(expected.Network.state_dict(), pair => Assert.True(actual.Network.state_dict()[pair.Key].Equals(pair.Value), pair.Key));
}
