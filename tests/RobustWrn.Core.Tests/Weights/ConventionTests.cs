using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Files whose names and shapes fit a network that computes otherwise.</summary>
public sealed class ConventionTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();
    private readonly DisposeScope _scope = NewDisposeScope();

    [Fact]
    public void Load_FileOfGowalIntoAnOrdinaryNetwork_IsRefusedUnlessTheMapIsNamed()
    {
        using Classifier source = WideResNetSpec.Gowal(10, 1).Build(1), target = WideResNetSpec.Wrn(10, 1).Build(2);
        string path = Foreign(source, new GowalNames()), before = TensorHash.Of(target.Network.state_dict());

        string refused = Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, path)).Message;
        Assert.Equal(before, TensorHash.Of(target.Network.state_dict()));
        WeightsReport report = NetworkWeights.Load(target, path, new WeightsOptions { Names = new GowalNames() });

        Assert.StartsWith(
            $"{path} fits the network by names and shapes, but not by what it computes: the code of Gowal et al. 2020 adds the zeros of "
            + $"convolutions of stride 2 "
            + "by Padding.Same, the spec has Padding.Symmetric. Nothing was loaded. Change the spec (WithLeaderboardConventions), or "
                + "name the key map", refused);
        Assert.Equal(4, report.Warnings.Count);
        Assert.Contains(
            report.Warnings, warning => warning.Contains("have the activation silu, the spec has relu", StringComparison.Ordinal));
        Assert.Contains(report.Warnings, warning => warning.Contains("normalises pixels", StringComparison.Ordinal));
        Assert.Contains(report.Warnings, warning => warning.Contains("momentum 0.01, the spec has 0.1", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_FileOfGowalIntoItsConventions_WarnsOfNothing()
    {
        using Classifier source = WideResNetSpec.Gowal(10, 1).Build(1), target = WideResNetSpec.Gowal(10, 1).Build(2);

        Assert.Empty(NetworkWeights.Load(target, Foreign(source, new GowalNames())).Warnings);
    }

    [Fact]
    public void Load_FileOfGowalIntoReluWithItsPadding_IsLoadedWithAWarning()
    {
        WideResNetSpec spec = WideResNetSpec.Gowal(10, 1).WithActivation(new Relu());
        using Classifier source = spec.Build(1), target = spec.Build(2);

        Assert.Contains(
            "activation silu, the spec has relu", Assert.Single(NetworkWeights.Load(target, Foreign(source, new GowalNames())).Warnings));
    }

    [Theory]
    [InlineData("trades")]
    [InlineData("lu")]
    public void Load_FileOfSymmetricCodeIntoSamePadding_IsRefused(string names)
    {
        WideResNetSpec spec = WideResNetSpec.Wrn(10, 1);
        IKeyMap map = (IKeyMap)Activator.CreateInstance(DescriptionTypes.Implementing(typeof(IKeyMap))[names])!;
        using Classifier source = spec.Build(1), same = spec.Build(2), target = (spec with { Padding = Padding.Same }).Build(2),
            silu = spec.WithActivation(new Silu()).Build(2);
        string path = Foreign(source, map);

        Assert.Contains("Padding.Symmetric, the spec has Padding.Same",
            Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, path)).Message);
        Assert.Empty(NetworkWeights.Load(same, path).Warnings);
        Assert.Contains("activation relu, the spec has silu", Assert.Single(NetworkWeights.Load(silu, path).Warnings));
    }

    [Fact]
    public void Load_ShortcutsThatReadOtherThings_AreRefusedWhereItMatters()
    {
        WideResNetSpec spec = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 4]),
            wider = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 8]);
        using Classifier source = spec.Build(1), target = spec.WithBlock(new BasicBlock { Shortcut = ShortcutInput.Activated }).Build(2);
        using Classifier other = wider.Build(1), fits = wider.WithBlock(new BasicBlock { Shortcut = ShortcutInput.Activated }).Build(2);

        Assert.Contains("has shortcuts by ShortcutInput.ActivatedWhereWidthChanges, the spec by ShortcutInput.Activated",
            Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, Foreign(source, new TradesNames()))).Message);
        Assert.Empty(NetworkWeights.Load(fits, Foreign(other, new TradesNames())).Warnings);
    }

    [Fact]
    public void Load_FileThatCarriesAnotherSpec_IsRefusedByTheDifferenceAndItsOwnIsBelieved()
    {
        WideResNetSpec spec = WideResNetSpec.Of(stem: 2, depths: [1, 1], widths: [2, 4]), other = spec.WithActivation(new Silu());
        using Classifier source = other.Build(1), same = other.Build(2), target = spec.Build(2);
        using Classifier slower = (other with { FeatureNormalization = new BatchNormalization { Momentum = 0.01 } }).Build(3);
        string path = Path.Combine(_folder, "own.pth");
        NetworkWeights.Save(source, path, new GowalNames());

        Assert.Empty(NetworkWeights.Load(same, path).Warnings);
        Assert.Contains("the file was written from a spec with stages[0].activation silu, the spec here has relu",
            Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, path)).Message);
        Assert.Contains("featureNormalization.momentum 0.1, the spec here has 0.01",
            Assert.Single(NetworkWeights.Load(slower, path).Warnings));
        Assert.NotEmpty(NetworkWeights.Load(target, path, new WeightsOptions { Names = new GowalNames() }).Warnings);
    }

    [Fact]
    public void Load_OwnFileForAnotherNumberOfClasses_FitsWhenTheLastLayerIsSkipped()
    {
        WideResNetSpec spec = WideResNetSpec.Of(stem: 2, depths: [1], widths: [2]);
        using Classifier source = spec.Build(1), target = (spec with { Classes = 7 }).Build(2);
        string path = Path.Combine(_folder, "own.safetensors");
        NetworkWeights.Save(source, path);

        Assert.Equal(["fc.weight", "fc.bias"], NetworkWeights.Load(target, path, new WeightsOptions { Skip = ["fc.*"] }).Skipped);
    }

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Foreign(Classifier classifier, IKeyMap names)
    {
        string path = Path.Combine(_folder, "theirs.pth");
        PyTorchFile.Write(path, classifier.Network.state_dict().Select(pair => KeyValuePair.Create(names.ToForeign(pair.Key), pair.Value)));
        return path;
    }
}
