using CsCheck;
using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class StudyResumeTests
{
    private static readonly SearchSpace<WideResNetSpec> Space = Spaces.Widths([.. Enumerable.Range(1, 8)]).Where("not 5", spec => spec.Stages[^1].Width != 5);

    private static Study<WideResNetSpec> Open(IStudyStore store, SearchSpace<WideResNetSpec>? space = null, ISampler? sampler = null, long seed = 9) =>
        Study.Open(space ?? Space, sampler ?? new RandomSampler(), seed, store);

    private static TrialOutcome Judge(Trial<WideResNetSpec> trial) => new(new Proportion(trial.Spec.Stages[^1].Width * 5 % 8, 8));

    private static ValueList<TrialRecord> RunToTheEnd(IStudyStore store)
    {
        using Study<WideResNetSpec> study = Open(store);
        while (study.Ask() is { } trial)
            study.Tell(trial, Judge(trial));
        return study.Trials.Select(trial => trial.WithoutTimes()).ToValueList();
    }

    [Fact]
    public void Open_StoppedAfterAnySteps_EndsInTheRecordsOfAnUninterruptedStudy()
    {
        ValueList<TrialRecord> expected = RunToTheEnd(new MemoryStudyStore());
        Assert.Equal(7, expected.Count);

        Gen.Int[0, 4].Array[1, 4].Sample(stops =>
        {
            MemoryStudyStore store = new();
            foreach (int tells in stops)
            {
                using Study<WideResNetSpec> study = Open(store);
                for (int i = 0; i < tells && study.Ask() is { } trial; i++)
                    study.Tell(trial, Judge(trial));
                _ = study.Ask(); // interrupted
            }
            Assert.Equal(expected, RunToTheEnd(store));
        }, iter: 50, threads: 1);
    }

    [Fact]
    public void Open_SeveralTrialsPending_HandsThemOutFirstInOrder()
    {
        MemoryStudyStore store = new();
        Trial<WideResNetSpec>[] asked = new Trial<WideResNetSpec>[4];
        using (Study<WideResNetSpec> study = Open(store))
        {
            for (int i = 0; i < asked.Length; i++)
                asked[i] = study.Ask()!;
            study.Tell(asked[1], Judge(asked[1]));
        }

        using Study<WideResNetSpec> resumed = Open(store);
        Trial<WideResNetSpec>[] again = [resumed.Ask()!, resumed.Ask()!, resumed.Ask()!];
        Assert.Equal([asked[0], asked[2], asked[3]], again.Select(trial => trial with { Attempt = 1 }));
        Assert.All(again, trial => Assert.Equal(2, trial.Attempt));
        Assert.Equal(4, resumed.Ask()!.Number);
    }

    [Fact]
    public void Tell_AfterResume_KeepsTheFirstStartAndCountsTheLastAttempt()
    {
        ManualTime time = new();
        MemoryStudyStore store = new(time);
        using (Study<WideResNetSpec> study = Study.Open(Space, new GridSampler(), 9, store))
            _ = study.Ask();
        DateTimeOffset started = time.GetUtcNow();
        time.Advance(TimeSpan.FromHours(5));
        using Study<WideResNetSpec> resumed = Study.Open(Space, new GridSampler(), 9, store);
        Trial<WideResNetSpec> trial = resumed.Ask()!;
        time.Advance(TimeSpan.FromMinutes(2));
        TrialRecord record = resumed.Tell(trial, Judge(trial));

        Assert.Equal((started, 120.0, started.AddHours(5).AddMinutes(2)), (record.Started, record.Seconds, record.Finished));
    }

    [Fact]
    public void Open_AnotherSpaceSamplerOrSeed_IsRefusedWithEveryDifference()
    {
        MemoryStudyStore store = new();
        Open(store).Dispose();
        SearchSpace<WideResNetSpec> other = Spaces.Widths([1, 2, 30, 4, 5, 6, 7]).Where("not 7", spec => spec.Stages[^1].Width != 7);

        StudyMismatchException refused = Assert.Throws<StudyMismatchException>(() => Open(store, other, new GridSampler { Shuffled = true }, 10));

        Assert.Equal(
        [
            "space.dimensions[0].values[2]: stored \"3\", now \"30\"",
            "space.dimensions[0].values[7]: stored \"8\", now nothing",
            "space.filters[0]: stored \"not 5\", now \"not 7\"",
            "sampler.tries: stored 100000, now 1000000",
            "sampler.type: stored \"random\", now \"grid\"",
            "sampler.shuffled: stored nothing, now true",
            "seed: stored 9, now 10",
        ], refused.Differences);
        Assert.StartsWith("the store must hold this study to go on with it, but it holds another one:", refused.Message);
        Assert.EndsWith("Give the stored settings to go on, or choose another place to begin anew.", refused.Message);
        Open(store).Dispose(); // released, and still good for its own study
    }

    [Fact]
    public void Open_FunctionChangedUnderTheSameName_IsRefusedWithTheDifference()
    {
        MemoryStudyStore store = new();
        using (Study<WideResNetSpec> study = Open(store, sampler: new GridSampler()))
            study.Tell(study.Ask()!, new TrialOutcome(new Proportion(1, 2)));
        SearchSpace<WideResNetSpec> changed = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
            .Vary("width", Enumerable.Range(1, 8), (spec, width) => spec.WithStage(^1, s => s with { Width = 2 * width }))
            .Where("not 5", spec => spec.Stages[^1].Width != 5);

        StudyMismatchException refused = Assert.Throws<StudyMismatchException>(() => Open(store, changed, new GridSampler()));

        Assert.Equal(["stages[2].width: stored 1, now 2"], refused.Differences);
        Assert.StartsWith("a stored trial must give the same network again, but trial 0 (width = 1) does not;", refused.Message);
    }

    [Fact]
    public void Open_FilterChangedUnderTheSameName_IsRefused()
    {
        MemoryStudyStore store = new();
        using (Study<WideResNetSpec> study = Open(store, sampler: new GridSampler()))
            _ = study.Ask();
        SearchSpace<WideResNetSpec> changed = Spaces.Widths([.. Enumerable.Range(1, 8)]).Where("not 5", spec => spec.Stages[^1].Width > 5);

        Assert.Equal(
            ["the filter \"not 5\" kept this network when it was tried and rejects it now"],
            Assert.Throws<StudyMismatchException>(() => Open(store, changed, new GridSampler())).Differences);
    }

    [Fact]
    public void Open_FewerTrialsAllowedThanPending_HandsOutNoneBeyond()
    {
        MemoryStudyStore store = new();
        using (Study<WideResNetSpec> study = Open(store))
        {
            study.Tell(study.Ask()!, new TrialOutcome(new Proportion(1, 2)));
            _ = study.Ask();
        }

        using Study<WideResNetSpec> fewer = Study.Open(Space, new RandomSampler(), 9, store, new StudyOptions { MaxTrials = 1 });
        Assert.Null(fewer.Ask());
        Assert.Equal("the 1 trial has been asked.", fewer.EndReason);
    }
}
