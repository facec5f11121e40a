using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>A study whose pruner ends trials on their way is the same however many workers it has, and however often it is killed.</summary>
public sealed class StudyPruningTests
{
    private const int Trials = 30, LastStep = 12;

    private static readonly SearchSpace<WideResNetSpec> Space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
        .Vary("first", Enumerable.Range(1, 8), (spec, width) => spec.WithStage(0, stage => stage with { Width = 8 * width }))
        .Vary("last", Enumerable.Range(1, 8), (spec, width) => spec.WithStage(^1, stage => stage with { Width = 8 * width }));

    // All of the library's, also those to come.
    private static readonly Dictionary<string, IPruner> Pruners = typeof(IPruner).Assembly.GetTypes()
        .Where(type => type.IsAssignableTo(typeof(IPruner)) && !type.IsAbstract).Append(typeof(EveryOther))
        .ToDictionary(type => type.Name, type => (IPruner)Activator.CreateInstance(type)!);

    private static readonly Dictionary<string, ISampler> Samplers = new ISampler[]
    {
        new GridSampler(), new RandomSampler(), new SobolSampler(), new LocalSearch { FirstTrials = 4 },
        new RegularizedEvolution { Population = 12, Tournament = 4 }, new EliteMutation(),
        new NonDominatedSortingEvolution { Population = 10 }, new TreeParzenEstimator(), new GaussianProcessSampler { Candidates = 40 },
    }.ToDictionary(sampler => sampler.GetType().Name);

    /// <summary>Each pruner with a sampler, and each sampler with a pruner that ends many.</summary>
    public static TheoryData<string, string> Pairs()
    {
        TheoryData<string, string> pairs = [];
        foreach (string pruner in Pruners.Keys)
            pairs.Add(nameof(RandomSampler), pruner);
        foreach (string sampler in Samplers.Keys)
            pairs.Add(sampler, nameof(EveryOther));
        pairs.Add(nameof(TreeParzenEstimator), nameof(MedianPruner));
        return pairs;
    }

    private static StudyOptions Options(string pruner, int? width = 8) => new()
    {
        MaxTrials = Trials,
        Width = width,
        Objectives = [StudyObjective.Maximise("robust")],
        Pruner = Pruners[pruner],
        Ladder = new TrainingLadder { LastStep = LastStep, Drops = [0.5] },
    };

    private static Study<WideResNetSpec> Open(string sampler, string pruner, IStudyStore? store = null, int? width = 8) =>
        Study.Open(Space, Samplers[sampler], seed: 11, store, Options(pruner, width));

    // Ranks change at the drop, as those of trainings do.
    private static double At(Trial<WideResNetSpec> trial, int step)
    {
        double first = trial.Spec.Stages[0].Width, last = trial.Spec.Stages[^1].Width;
        return step < LastStep / 2 ? first / 100 + step * 0.001 : 0.5 - Math.Abs(last - 32) / 100 + first / 1_000 + step * 0.001;
    }

    /// <summary>Trains from where it was paused to the next rung, or to the end.</summary>
    private static void Work(Study<WideResNetSpec> study, Trial<WideResNetSpec> trial)
    {
        TrialRecord record = study.Trials[trial.Number];
        if (trial.Spec.Stages[0].Width == 24 && trial.Spec.Stages[^1].Width == 24)
        {
            study.TellFailed(trial, "the loss was NaN");
            return;
        }
        for (int step = record.Reports is [.., var last] ? last.Step : 1; step <= LastStep; step++)
        {
            RungDecision decision = study.Report(trial, step, new Measure("robust", At(trial, step)));
            if (decision == RungDecision.Pause)
                study.Pause(trial);
            if (decision != RungDecision.GoOn)
                return;
        }
        study.Tell(trial, new TrialOutcome { Measures = [new Measure("robust", At(trial, LastStep))] });
    }

    private static string Sequential(string sampler, string pruner)
    {
        using Study<WideResNetSpec> study = Open(sampler, pruner);
        while (study.Ask() is { } trial)
            Work(study, trial);
        Assert.Equal(Trials, study.Trials.Count);
        Assert.False(study.IsWaiting);
        Assert.All(study.Trials, trial => Assert.NotEqual(TrialState.Pending, trial.State));
        Assert.All(study.Trials.Where(trial => PruningExemption.Covers(trial.Number)),
            trial => Assert.NotEqual(TrialState.Pruned, trial.State));
        if (pruner is nameof(EveryOther))
            Assert.InRange(study.Trials.Count(trial => trial.State == TrialState.Pruned), Trials / 3, Trials);
        return study.LogText();
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task AskAsync_AnyNumberOfWorkers_GivesTheLogOfOne(string sampler, string pruner)
    {
        string expected = Sequential(sampler, pruner);
        foreach (int workers in (int[])[2, 8])
        {
            using Study<WideResNetSpec> study = Open(sampler, pruner);
            await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
            {
                while (await study.AskAsync(TestContext.Current.CancellationToken) is { } trial)
                {
                    await Task.Delay((trial.Number * 7 + worker * 3) % 4, TestContext.Current.CancellationToken);
                    Work(study, trial);
                }
            })));
            Assert.Equal(expected, study.LogText());
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public void Open_KilledAtEveryFact_EndsInTheSameLog(string sampler, string pruner)
    {
        string expected = Sequential(sampler, pruner);
        KilledStore store = new();
        for (int facts = 1; ; facts = facts % 7 + 1)
        {
            store.Allow(facts);
            try
            {
                using Study<WideResNetSpec> study = Open(sampler, pruner, store);
                while (study.Ask() is { } trial)
                    Work(study, trial);
                Assert.Equal(expected, study.LogText());
                return;
            }
            catch (KilledStore.Kill)
            {
            }
        }
    }

    [Fact]
    public void Report_RungOfABatchThatIsNotThereYet_PausesAndTheLastOneDecides()
    {
        using Study<WideResNetSpec> study = Open(nameof(GridSampler), nameof(EveryOther), width: 3);
        int rung = study.Rungs[0];
        Trial<WideResNetSpec>[] batch = [study.Ask()!, study.Ask()!, study.Ask()!];

        Assert.Equal(RungDecision.GoOn, study.Report(batch[0], rung - 1, new Measure("robust", 0.1)));
        Assert.Equal(RungDecision.Pause, study.Report(batch[0], rung, new Measure("robust", 0.1)));
        Assert.Equal(RungDecision.Pause, study.Report(batch[1], rung, new Measure("robust", 0.2)));
        study.Pause(batch[1]);
        Assert.Null(study.Ask());
        Assert.True(study.IsWaiting);
        Assert.Equal(RungDecision.GoOn, study.Report(batch[2], rung, new Measure("robust", 0.3)));
        // Number 0 was promoted before it let go, number 1 pruned after it had.
        Assert.Null(study.Pause(batch[0]).PausedAt);
        Assert.Equal(TrialState.Pruned, study.Trials[1].State);
        Assert.Equal((0, 2), (study.Ask()!.Number, study.Trials[0].Attempts));
    }

    [Fact]
    public void Report_FreeRunning_DecidesAtOnce()
    {
        using Study<WideResNetSpec> study = Open(nameof(GridSampler), nameof(EveryOther), width: null);
        Trial<WideResNetSpec>[] trials = [study.Ask()!, study.Ask()!, study.Ask()!, study.Ask()!];

        Assert.Equal([RungDecision.GoOn, RungDecision.Stop, RungDecision.GoOn, RungDecision.GoOn],
            trials.Select(trial => study.Report(trial, study.Rungs[0], new Measure("robust", 0.1))));
        Assert.Throws<InvalidOperationException>(() => study.Tell(trials[1], 0.1));
    }

    [Fact]
    public void Report_RungWithoutAnObjective_IsRefused()
    {
        using Study<WideResNetSpec> study = Open(nameof(GridSampler), nameof(EveryOther));
        Trial<WideResNetSpec> trial = study.Ask()!;

        Assert.Contains("must be measured", Assert.Throws<InvalidDescriptionException>(() =>
            study.Report(trial, study.Rungs[0], new Measure("clean", 0.1))).Message);
        Assert.Empty(study.Trials[0].Reports);
    }

    [Fact]
    public void Pause_TrialAtNoRung_IsRefused()
    {
        using Study<WideResNetSpec> study = Open(nameof(GridSampler), nameof(EveryOther));

        Assert.Equal("trial 0 stands at no rung. Release it.",
            Assert.Throws<InvalidOperationException>(() => study.Pause(study.Ask()!)).Message);
    }

    [Fact]
    public void Open_OtherPruner_IsRefusedWithTheDifference()
    {
        MemoryStudyStore store = new();
        Open(nameof(GridSampler), nameof(MedianPruner), store).Dispose();

        Assert.Contains("pruning: stored", Assert.Throws<StudyMismatchException>(() =>
            Open(nameof(GridSampler), nameof(NoPruner), store)).Message);
    }

    [Fact]
    public void Open_PrunerWithProblems_NamesThem() => Assert.Contains("Ladder.LastStep", Assert.Throws<InvalidDescriptionException>(() =>
        Study.Open(Space, new GridSampler(), 1, options: Options(nameof(EveryOther)) with { Ladder = new() { LastStep = 0 } })).Message);

    /// <summary>Ends trials with odd numbers at the second rung, and each third one at the first.</summary>
    private sealed record EveryOther : IPruner
    {
        public const string TypeName = "every-other-of-tests";

        public ValueList<int> Rungs(TrainingLadder ladder) => [3, 7];

        public PruningDecision Decide(PrunerContext context) => context.Trial.Number % (context.Rung == 3 ? 3 : 2) == 1
            ? PruningDecision.Stop($"it was number {context.Trial.Number} of {context.Others.Count(other => other.LastStep >= context.Rung)}")
            : PruningDecision.GoOn;

        public IEnumerable<Problem> Problems() => [];
    }
}
