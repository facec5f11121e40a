using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class NetworkPresetsTests
{
    /// <summary>Millions of parameters and GMACs as published, to the published digits; the others are in model_facts.json to the last one.</summary>
    public static readonly TheoryData<string, double, double> Pins = new()
    {
        { "WRN-28-10", 36.5, 5.24 }, { "WRN-34-10", 46.2, 6.66 }, { "WRN-34-12", 66.5, 9.58 }, { "WRN-34-20", 184.5, 26.58 }, { "WRN-34-R", 68.1, 19.13 },
        { "WRN-46-14", 128.4, 18.59 }, { "WRN-70-16", 266.8, 38.76 }, { "WRN-82-8", 79.1, 11.51 }, { "WRN-94-16", 365.9, 53.26 },
        { "WRN-28-10-SiLU", 36.5, 5.24 }, { "WRN-70-16-SiLU", 266.8, 38.76 },
        { "WRN-A1", 18.7, 5.08 }, { "WRN-A2", 38.3, 10.84 }, { "WRN-A3", 75.3, 20.22 }, { "WRN-A4", 147.3, 40.38 },
        { "RobustResNet-A1", 19.2, 5.08 }, { "RobustResNet-A2", 39.0, 10.74 }, { "RobustResNet-A3", 75.9, 19.82 }, { "RobustResNet-A4", 147.3, 39.27 },
        { "RaWRN-70-16", 267.2, 60.47 },
    };

    [Theory]
    [MemberData(nameof(Pins))]
    public void Get_PublishedName_CostsWhatWasPublished(string name, double millions, double gigaMultiplyAdds)
    {
        NetworkCost cost = NetworkPresets.Get(name).Cost(32, 32);

        Assert.Equal(millions, Math.Round(cost.Parameters / 1e6, 1));
        Assert.Equal(gigaMultiplyAdds, Math.Round(cost.MultiplyAdds / 1e9, 2));
    }

    [Fact]
    public void All_Presets_HaveASourceAnOwnNameAndNoProblem()
    {
        Assert.Equal(NetworkPresets.All.Count, NetworkPresets.All.Select(preset => preset.Name.ToUpperInvariant()).Distinct().Count());
        Assert.All(NetworkPresets.All, preset =>
        {
            Assert.Empty(preset.Spec.Problems());
            Assert.False(string.IsNullOrWhiteSpace(preset.Source));
            Assert.Equal(preset.Name, preset.Spec.Name);
            Assert.Same(preset, NetworkPresets.Find(preset.Name.ToLowerInvariant()));
            Assert.Equal(preset.Spec, DescriptionJson.Read<INetworkSpec>(DescriptionJson.Write(preset.Spec)));
        });
    }

    [Fact]
    public void Get_UnknownName_ListsTheKnownOnes() =>
        Assert.StartsWith("preset must be one of WRN-28-10, ", Assert.Throws<ArgumentException>(() => NetworkPresets.Get("WRN-99-1")).Message);

    [Fact]
    public void Name_PresetForOtherClassesAndImages_StaysThePresets()
    {
        Assert.Equal("WRN-A2", ((WideResNetSpec)NetworkPresets.Get("WRN-A2") with { Classes = 100, InputChannels = 1 }).Name);
        Assert.Equal("RobustResNet-A1", ((WideResNetSpec)NetworkPresets.Get("RobustResNet-A1") with { Normalization = Normalization.Cifar10 }).Name);
    }

    /// <summary>Every preset's blocks, activations and conventions, at a width that builds in a moment: forward, backward, and parameters as traced.</summary>
    [Fact]
    public void Build_EveryWideResNetAtReducedSize_TrainsForAStep()
    {
        Assert.All(NetworkPresets.All.Select(preset => preset.Spec).OfType<WideResNetSpec>(), full =>
        {
            using DisposeScope scope = NewDisposeScope();
            WideResNetSpec small = full with { Stem = full.Stem with { Width = 8 }, Stages = full.Stages.Select(stage => stage with { Depth = 2, Width = stage.Width / 16 * 4 }).ToValueList() };
            using Classifier classifier = small.Build(1);

            nn.functional.cross_entropy(classifier.call(rand(2, 3, 16, 16)), tensor([3L, 1])).backward();

            Assert.Equal(small.Cost(16, 16).Parameters, classifier.parameters().Sum(parameter => parameter.numel()));
            Assert.All(classifier.Network.named_parameters().Where(named => named.name.Contains("conv", StringComparison.Ordinal)),
                named => Assert.True(named.parameter.grad!.abs().sum().Number() > 0, named.name));
        });
    }
}
