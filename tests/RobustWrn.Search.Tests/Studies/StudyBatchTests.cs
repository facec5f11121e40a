using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>In batches a study is the same however many workers it has and in which order they end.</summary>
public sealed class StudyBatchTests
{
    private const int Trials = 45;

    private static readonly SearchSpace<WideResNetSpec> Space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
        .Vary("first", Enumerable.Range(1, 8), (spec, width) => spec.WithStage(0, stage => stage with { Width = 8 * width }))
        .Vary("last", Enumerable.Range(1, 8), (spec, width) => spec.WithStage(^1, stage => stage with { Width = 8 * width }))
        .Vary("depth", [1, 2, 3], (spec, depth) => spec.WithDepths(depth, 1, depth));

    public static TheoryData<string> Samplers => [.. Named.Keys.Order(StringComparer.Ordinal)];

    private static Dictionary<string, ISampler> Named { get; } = new ISampler[]
    {
        new GridSampler(), new RandomSampler(), new SobolSampler(), new LocalSearch { FirstTrials = 4 },
        new RegularizedEvolution { Population = 12, Tournament = 4 }, new EliteMutation(),
        new NonDominatedSortingEvolution { Population = 10 },
        new TreeParzenEstimator(), new GaussianProcessSampler { Candidates = 40 },
    }.ToDictionary(sampler => sampler.GetType().Name);

    private static StudyOptions Options { get; } = new()
    {
        MaxTrials = Trials,
        Objectives = [StudyObjective.Maximise("robust", ObjectiveKind.Share), StudyObjective.Minimise("MACs")],
        Constraints = [StudyConstraint.Least("clean", 0.4, tolerance: 0.01)],
    };

    private static Study<WideResNetSpec> Open(string sampler, IStudyStore? store = null, StudyOptions? options = null) =>
        Study.Open(Space, Named[sampler], seed: 11, store, options ?? Options);

    private static void Finish(Study<WideResNetSpec> study, Trial<WideResNetSpec> trial)
    {
        int first = trial.Spec.Stages[0].Width, last = trial.Spec.Stages[^1].Width;
        if (first == 24 && last == 24)
        {
            study.TellFailed(trial, "the loss was NaN");
            return;
        }
        long robust = 1_000 - Math.Abs(first - 40) * 9 - Math.Abs(last - 16) * 7;
        study.Tell(trial, new TrialOutcome().With(Measure.Of("robust", new Proportion(robust, 1_000)),
            new Measure("MACs", trial.Spec.Cost(32, 32).MultiplyAdds), new Measure("clean", first / 64.0)));
    }

    private static string Sequential(string sampler)
    {
        using Study<WideResNetSpec> study = Open(sampler);
        while (study.Ask() is { } trial)
            Finish(study, trial);
        Assert.Equal(Trials, study.Trials.Count);
        return study.LogText();
    }

    [Theory, MemberData(nameof(Samplers))]
    public async Task AskAsync_AnyNumberOfWorkers_GivesTheLogOfOne(string sampler)
    {
        string expected = Sequential(sampler);
        foreach (int workers in (int[])[2, 8])
        {
            using Study<WideResNetSpec> study = Open(sampler);
            await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
            {
                // Each worker is slow on other trials, so that trials of a batch end out of order.
                while (await study.AskAsync(TestContext.Current.CancellationToken) is { } trial)
                {
                    await Task.Delay((trial.Number * 7 + worker * 3) % 4, TestContext.Current.CancellationToken);
                    Finish(study, trial);
                }
            })));
            Assert.Equal(expected, study.LogText());
        }
    }

    /// <summary>After each fact the process is gone: the next one opens what the store holds by then.</summary>
    [Theory, MemberData(nameof(Samplers))]
    public void Open_KilledAtEveryFact_EndsInTheSameLog(string sampler)
    {
        string expected = Sequential(sampler);
        KilledStore store = new();
        int length = -1;
        while (true)
        {
            store.Allow(1);
            try
            {
                using Study<WideResNetSpec> study = Open(sampler, store);
                Assert.True(study.Length > length, "a fact was lost");
                length = study.Length;
                while (study.Ask() is { } trial)
                    Finish(study, trial);
                Assert.Equal(expected, study.LogText());
                break;
            }
            catch (KilledStore.Kill)
            {
            }
        }
        // An opening with one fact allowed claims what the one before claimed, and the next tells it: no trial needs more than these.
        Assert.InRange(length, 3 * Trials, 8 * Trials);
    }

    [Fact]
    public void Ask_BatchNotToldYet_WaitsForIt()
    {
        using Study<WideResNetSpec> study = Open(nameof(TreeParzenEstimator), options: Options with { Width = 3 });
        Trial<WideResNetSpec>[] batch = [study.Ask()!, study.Ask()!, study.Ask()!];

        Assert.Null(study.Ask());
        Assert.Equal((true, null), (study.IsWaiting, study.EndReason));
        Finish(study, batch[2]);
        Finish(study, batch[0]);
        Assert.Null(study.Ask());
        Finish(study, batch[1]);
        Assert.Equal(3, study.Ask()!.Number);
        Assert.False(study.IsWaiting);
    }

    [Fact]
    public void Ask_FreeRunning_NeverWaitsAndSeesWhatIsTold()
    {
        using Study<WideResNetSpec> study = Open(nameof(RandomSampler), options: Options with { Width = null });

        Assert.Equal(Enumerable.Range(0, 20), Enumerable.Range(0, 20).Select(_ => study.Ask()!.Number));
        Assert.Null(study.Header.Width);
    }

    [Fact]
    public void Tell_AttemptThatWasGivenUp_IsNotTaken()
    {
        MemoryStudyStore store = new();
        Trial<WideResNetSpec> stale;
        using (Study<WideResNetSpec> study = Open(nameof(GridSampler), store))
            stale = study.Ask()!;
        using Study<WideResNetSpec> again = Open(nameof(GridSampler), store);
        Trial<WideResNetSpec> current = again.Ask()!;

        Assert.Equal("trial 0 is in its attempt 2, and attempt 1 was given up; what it found is not taken.",
            Assert.Throws<TrialLostException>(() => again.TellFailed(stale, "late")).Message);
        Finish(again, current);
        Assert.Equal(TrialState.Completed, again.Trials[0].State);
    }

    [Fact]
    public void Ask_SamplerThatProposesATwin_IsRefusedByName()
    {
        using Study<WideResNetSpec> study = Study.Open(
            Space.Vary("unused", [1, 2], (spec, _) => spec), new StudyTests.FirstPoint(), seed: 1);
        Assert.NotNull(study.Ask());

        Assert.StartsWith("a sampler must propose networks that were not tried, but FirstPoint proposed",
            Assert.Throws<InvalidOperationException>(() => study.Ask()).Message);
        Assert.Single(study.Trials);
    }
}
