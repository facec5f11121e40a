using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class StudyTests
{
    private static TrialOutcome Outcome(Trial<WideResNetSpec> trial) =>
        new TrialOutcome(new Proportion(trial.Spec.Stages[^1].Width, 1_000))
            .With(new Measure("parameters", trial.Spec.Cost(32, 32).Parameters));

    [Fact]
    public void AskTell_UntilTheGridIsDone_TriesEveryKeptPointAndFindsTheBest()
    {
        using Study<WideResNetSpec> study = Study.Open(Spaces.Widths(16, 64, 32, 48).Where("below 64", spec => spec.Stages[^1].Width < 64), new GridSampler(), seed: 1);

        while (study.Ask() is { } trial)
            study.Tell(trial, Outcome(trial));

        Assert.Equal([16, 32, 48], study.Trials.Select(trial => study.SpecOf(trial).Stages[^1].Width));
        Assert.Equal("every point that the space keeps has been tried.", study.EndReason);
        Assert.Equal(2, study.Best!.Number);
        Assert.Equal([2, 1, 0], study.Ranking().Select(trial => trial.Number));
    }

    [Fact]
    public void Ask_TrialsUsedUp_SaysSo()
    {
        using Study<WideResNetSpec> study = Study.Open(Spaces.Widths(16, 32, 48), new RandomSampler(), seed: 1,
            options: new StudyOptions { MaxTrials = 2 });

        Assert.NotNull(study.Ask());
        Assert.NotNull(study.Ask());
        Assert.Null(study.Ask());
        Assert.Equal("all 2 trials have been asked.", study.EndReason);
    }

    [Fact]
    public void Best_EqualScores_IsTheEarlier()
    {
        using Study<WideResNetSpec> study = Study.Open(Spaces.Widths(16, 32, 48), new GridSampler(), seed: 1);
        (long Hits, long Total)[] scores = [(1, 4), (1, 3), (2, 6)];
        foreach ((long hits, long total) in scores)
            study.Tell(study.Ask()!, new TrialOutcome(new Proportion(hits, total)));

        Assert.Equal(1, study.Best!.Number);
        Assert.Equal([1, 2, 0], study.Ranking().Select(trial => trial.Number));
    }

    [Fact]
    public void TellFailed_IsRecorded_AndNeverBest()
    {
        using Study<WideResNetSpec> study = Study.Open(Spaces.Widths(16, 32), new GridSampler(), seed: 1);
        TrialRecord failed = study.TellFailed(study.Ask()!, "the loss was NaN at step 7");

        Assert.Equal((TrialState.Failed, "the loss was NaN at step 7"), (failed.State, failed.FailureReason));
        Assert.Null(study.Best);
        Assert.Equal(1, study.Ask()!.Number);
    }

    [Fact]
    public void Tell_Record_HoldsAllThatIsKnownOfTheTrial()
    {
        ManualTime time = new();
        using Study<WideResNetSpec> study = Study.Open(Spaces.Widths(16, 32), new GridSampler(), seed: 1, new MemoryStudyStore(time));
        Trial<WideResNetSpec> trial = study.Ask()!;
        DateTimeOffset started = time.GetUtcNow();
        time.Advance(TimeSpan.FromSeconds(90));
        TrialRecord record = study.Tell(trial, Outcome(trial));

        string spec = DescriptionJson.Canonical(trial.Spec);
        Assert.Equal(
            new TrialRecord
            {
                Number = 0,
                Point = [0],
                Values = [new DimensionValue("width", "16")],
                Spec = spec,
                SpecFingerprint = DescriptionJson.Fingerprint(trial.Spec),
                Identity = DescriptionJson.Fingerprint(trial.Spec),
                State = TrialState.Completed,
                Outcome = Outcome(trial),
                Attempts = 1,
                Worker = record.Worker,
                Started = started,
                Claimed = started,
                Finished = started.AddSeconds(90),
            },
            record);
        Assert.Equal(90, record.Seconds);
        Assert.Equal(0.016, record.Measured("score"));
        Assert.Equal(record, Assert.Single(study.Trials));
    }

    [Fact]
    public void Tell_TwiceOrToAnotherStudy_IsRefused()
    {
        using Study<WideResNetSpec> study = Study.Open(Spaces.Widths(16, 32), new GridSampler(), seed: 1);
        using Study<WideResNetSpec> other = Study.Open(Spaces.Widths(16, 32), new GridSampler(), seed: 1);
        Trial<WideResNetSpec> trial = study.Ask()!;
        study.Tell(trial, Outcome(trial));

        Assert.Equal("trial 0 is completed; a trial must be asked, and can be told once.", Assert.Throws<InvalidOperationException>(() => study.Tell(trial, Outcome(trial))).Message);
        Assert.Equal("trial 0 is not one of this study. Tell a trial to the study that asked for it.", Assert.Throws<InvalidOperationException>(() => other.TellFailed(trial, "no")).Message);
    }

    [Fact]
    public void Tell_OutcomeThatCannotBeRankedOrStored_IsRefusedAndTheTrialStaysPending()
    {
        using Study<WideResNetSpec> study = Study.Open(Spaces.Widths(16, 32), new GridSampler(), seed: 1);
        Trial<WideResNetSpec> trial = study.Ask()!;
        TrialOutcome outcome = new TrialOutcome(new Proportion(0, 0))
            .With(new Measure("loss", double.NaN), new Measure("a", 1), new Measure("a", 2));

        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() => study.Tell(trial, outcome));

        Assert.Equal(
        [
            "\"loss\": must be a finite number, got NaN. Leave the measure out, or tell the trial as failed.",
            "\"score\": must be hits out of at least one example, got 0 of 0.",
            "\"a\": names of measures must be unique, but 2 have this one.",
        ], refused.Problems.Select(problem => problem.ToString()));
        Assert.Equal(TrialState.Pending, study.Trials[0].State);
    }

    [Fact]
    public void Open_InvalidSpaceOrSampler_IsRefusedAndTheStoreReleased()
    {
        MemoryStudyStore store = new();

        Assert.Contains("the search space is empty", Assert.Throws<InvalidDescriptionException>(() => Study.Open(new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1)), new GridSampler(), 1, store)).Message);
        Assert.Contains("Tries", Assert.Throws<InvalidDescriptionException>(() => Study.Open(Spaces.Widths(16), new RandomSampler { Tries = 0 }, 1, store)).Message);
        using Study<WideResNetSpec> study = Study.Open(Spaces.Widths(16), new GridSampler(), 1, store);
        Assert.Empty(study.Trials);
    }

    [Fact]
    public void Ask_SameSeed_AsksTheSame_AndAnotherSeedAnother()
    {
        string Order(long seed)
        {
            using Study<WideResNetSpec> study = Study.Open(Spaces.Widths([.. Enumerable.Range(1, 40)]), new RandomSampler(), seed);
            List<string> order = [];
            while (study.Ask() is { } trial)
                order.Add(trial.Values[0].Value);
            return string.Join(" ", order);
        }

        Assert.Equal(Order(1), Order(1));
        Assert.NotEqual(Order(1), Order(2));
    }

    [Fact]
    public void Ask_SamplerThatIgnoresTheFilters_IsRefusedAndNothingIsRecorded()
    {
        using Study<WideResNetSpec> study = Study.Open(Spaces.Widths(16, 32).Where("above 16", spec => spec.Stages[^1].Width > 16), new FirstPoint(), seed: 1);

        Assert.Equal(
            "a sampler must propose points that the space keeps, but FirstPoint proposed (width = 16), which \"above 16\" rejects. Ask SamplerContext.Space.Keeps in the sampler.",
            Assert.Throws<InvalidOperationException>(() => study.Ask()).Message);
        Assert.Empty(study.Trials);
    }

    public sealed record FirstPoint : ISampler
    {
        public const string TypeName = "test-first-point";

        public bool DependsOnSeed => false;

        public IEnumerable<Problem> Problems() => [];

        public Proposal Propose(SamplerContext context) => Proposal.Of(context.Space.Sizes.Select(_ => 0).ToValueList());
    }
}
