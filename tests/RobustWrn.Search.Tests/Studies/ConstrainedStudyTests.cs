using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>A long study under a hard constraint and a soft one: no network costs anything else, none is tried twice.</summary>
public sealed class ConstrainedStudyTests
{
    private const int Trials = 500;

    private const double Target = 60e6, Tolerance = 0.02;

    private static readonly SearchSpace<WideResNetSpec> Space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(16, 2))
        .Vary("first depth", [1, 2, 3, 4], (spec, depth) => spec.WithStage(0, stage => stage with { Depth = depth }))
        .Vary("second depth", [1, 2, 3, 4], (spec, depth) => spec.WithStage(1, stage => stage with { Depth = depth }))
        .Vary("last depth", [1, 2, 3, 4], (spec, depth) => spec.WithStage(^1, stage => stage with { Depth = depth }))
        .Vary("first width", [8, 12, 16, 20, 24, 28], (spec, width) => spec.WithStage(0, stage => stage with { Width = width }))
        .Vary("second width", [16, 24, 32, 40, 48, 56], (spec, width) => spec.WithStage(1, stage => stage with { Width = width }))
        .Vary<IActivation>("activation", [new Relu(), new Silu()], (spec, activation) => spec with { FinalActivation = activation })
        .AtMultiplyAdds(Target, Tolerance, Free.Width(^1, step: 1));

    public static TheoryData<string> Samplers => [.. Named.Keys.Order(StringComparer.Ordinal)];

    private static Dictionary<string, ISampler> Named { get; } = new ISampler[]
    {
        new GridSampler(), new RandomSampler(), new SobolSampler(), new LocalSearch(), new RegularizedEvolution(), new EliteMutation(),
        new NonDominatedSortingEvolution(), new TreeParzenEstimator(), new GaussianProcessSampler { Candidates = 10, MostTrials = 40 },
    }.ToDictionary(sampler => sampler.GetType().Name);

    [Theory, MemberData(nameof(Samplers))]
    public void Ask_FiveHundredTrials_GivesNoViolationAndNoTwin(string sampler)
    {
        using Study<WideResNetSpec> study = Study.Open(Space, Named[sampler], seed: 5, options: new StudyOptions
        {
            MaxTrials = Trials,
            Objectives = [StudyObjective.Maximise("robust"), StudyObjective.Minimise("parameters")],
            Constraints = [StudyConstraint.Least("clean", 0.5)],
        });
        while (study.Ask() is { } trial)
        {
            double first = trial.Spec.Stages[0].Width, last = trial.Spec.Stages[^1].Width, depth = trial.Spec.Stages[0].Depth;
            study.Tell(trial, new TrialOutcome().With(
                new Measure("robust", 1 / (1 + Math.Abs(first - 20) / 10 + Math.Abs(last - 90) / 50)),
                new Measure("parameters", trial.Spec.Cost(32, 32).Parameters), new Measure("clean", depth / 4)));
        }

        ValueList<TrialRecord> trials = study.Trials;
        Assert.Equal(Trials, trials.Count);
        Assert.All(trials, trial => Assert.InRange(study.SpecOf(trial).Cost(32, 32).MultiplyAdds, Target * (1 - Tolerance),
            Target * (1 + Tolerance)));
        Assert.Equal(Trials, trials.Select(trial => trial.SpecFingerprint).Distinct().Count());
        Assert.All(study.Front(), trial => Assert.True(trial.Measured("clean") >= 0.5));
    }
}
