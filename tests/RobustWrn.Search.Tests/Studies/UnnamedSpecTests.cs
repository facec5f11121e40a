using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Search.Tests;

/// <summary>
/// A study in memory takes networks of parts without names in files; one that is kept refuses them before the first trial.
/// </summary>
public class UnnamedSpecTests
{
    private static readonly SearchSpace<WideResNetSpec> Space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
        .Vary<IActivation>("activation", [new Relu(), new Unnamed { Power = 1 }, new Unnamed { Power = 2 }], (spec, activation) =>
            spec with { FinalActivation = activation });

    [Fact]
    public void Open_PartsWithoutANameInMemory_AsksForAll()
    {
        using Study<WideResNetSpec> study = Study.Open(Space, new GridSampler(), seed: 1);
        while (study.Ask() is { } trial)
            study.Tell(trial, new TrialOutcome(new Proportion(trial.Number, 10)));

        Assert.Equal(3, study.Trials.Count);
        Assert.Equal(3, study.Trials.Select(trial => trial.SpecFingerprint).Distinct().Count());
    }

    [Fact]
    public void Open_PartsWithoutANameInAFolder_IsRefusedBeforeTheFirstTrial()
    {
        using TestFolder folder = new();
        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() =>
            Study.Open(Space, new GridSampler(), seed: 1, new FolderStudyStore(folder.Path)));

        Assert.Contains("\"activation\"[1].FinalActivation: must have a name in files", refused.Message);
        Assert.Contains("\"activation\"[2].FinalActivation", refused.Message);
    }

    [Fact]
    public void StorageProblems_NamedParts_HasNone() => Assert.Empty(new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
        .Vary("width", [8, 16], (spec, width) => spec.WithStage(0, stage => stage with { Width = width })).StorageProblems());

    private sealed record Unnamed : IActivation
    {
        public int Power { get; init; }

        public FeatureMap Trace(CostTrace trace, FeatureMap input) => trace.Elementwise(input, KeptForBackward.Output);

        public nn.Module<Tensor, Tensor> Build(int channels) => nn.ReLU();

        public IEnumerable<Problem> Problems() => [];
    }
}
