using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>What cannot go into a file is told before the work whose results go there, and is no matter in memory.</summary>
public class StorageProblemsTests
{
    [Fact]
    public void StorageProblems_EveryPreset_HasNone() =>
        Assert.All(NetworkPresets.All, preset => Assert.Empty(preset.Spec.StorageProblems(preset.Name)));

    [Fact]
    public void StorageProblems_PartsWithoutAName_ListsAllOfThemByTheirPlace()
    {
        WideResNetSpec spec = WideResNetSpec.Wrn(10, 1) with { FinalActivation = new Unnamed() };
        spec = spec.WithStage(1, stage => stage with { Activation = new Unnamed() });

        Problem[] problems = [.. spec.StorageProblems("Baselines[0]")];

        Assert.Equal(["Baselines[0].FinalActivation", "Baselines[0].Stages[1].Activation"],
            problems.Select(problem => problem.Subject).Order());
        Assert.All(problems, problem => Assert.Contains("Unnamed", problem.Message));
        Assert.All(problems, problem => Assert.Contains("public const string TypeName", problem.Message));
    }

    [Fact]
    public void StorageProblems_ValueThatJsonCannotHold_IsOne() =>
        Assert.Contains("JSON", Assert.Single(new Bent { Curve = x => x.relu() }.StorageProblems("Activation")).Message);

    [Fact]
    public void StorageProblems_ValueThatDoesNotComeBack_IsOne() =>
        Assert.Contains("read back", Assert.Single(new Forgetful { Slope = 3 }.StorageProblems("Activation")).Message);

    [Fact]
    public void StorageProblems_NameThatAnotherTypeHas_IsOne() =>
        Assert.Contains("is used by", Assert.Single(new Twin().StorageProblems("Filter")).Message);

    [Fact]
    public void StorageProblems_Null_HasNone() => Assert.Empty(((IDescription?)null).StorageProblems("it"));

    [Fact]
    public void Canonical_PartsWithoutAName_TellsThemApart()
    {
        WideResNetSpec one = WideResNetSpec.Wrn(10, 1) with { FinalActivation = new Unnamed() },
            other = one with { FinalActivation = new Bent() };

        Assert.NotEqual(DescriptionJson.Fingerprint(one), DescriptionJson.Fingerprint(other));
        Assert.Equal(DescriptionJson.Fingerprint(one), DescriptionJson.Fingerprint(one with { FinalActivation = new Unnamed() }));
        Assert.Throws<InvalidOperationException>(() => DescriptionJson.Write(one));
    }

    [Fact]
    public void Build_PartsWithoutAName_WorksInMemory()
    {
        using Classifier network = (WideResNetSpec.Wrn(10, 1) with { FinalActivation = new Unnamed() }).Build(seed: 0);
        Assert.Equal([1, 10], network.call(zeros(1, 3, 8, 8)).shape);
    }

    private sealed record Unnamed : IActivation
    {
        public FeatureMap Trace(CostTrace trace, FeatureMap input) => trace.Elementwise(input, KeptForBackward.Output);

        public nn.Module<Tensor, Tensor> Build(int channels) => nn.ReLU();

        public IEnumerable<Problem> Problems() => [];
    }

    private sealed record Bent : IActivation
    {
        public const string TypeName = "bent";

        public Func<Tensor, Tensor>? Curve { get; init; }

        public FeatureMap Trace(CostTrace trace, FeatureMap input) => trace.Elementwise(input, KeptForBackward.Output);

        public nn.Module<Tensor, Tensor> Build(int channels) => nn.ReLU();

        public IEnumerable<Problem> Problems() => [];
    }

    private sealed class Forgetful : IActivation
    {
        public const string TypeName = "forgetful";

        private double _slope;

        public double Slope
        {
            get => _slope;
            set => _slope = value + 1;
        }

        public FeatureMap Trace(CostTrace trace, FeatureMap input) => trace.Elementwise(input, KeptForBackward.Output);

        public nn.Module<Tensor, Tensor> Build(int channels) => nn.ReLU();

        public IEnumerable<Problem> Problems() => [];
    }

    // Two of one name: only contracts that have both are in trouble, so this one has no other implementation.
    private interface IFilter : IDescription;

    private sealed record Twin : IFilter
    {
        public const string TypeName = "twin";

        public IEnumerable<Problem> Problems() => [];
    }

    private sealed record OtherTwin : IFilter
    {
        public const string TypeName = "twin";

        public IEnumerable<Problem> Problems() => [];
    }
}
