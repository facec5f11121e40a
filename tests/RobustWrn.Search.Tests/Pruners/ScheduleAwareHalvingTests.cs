using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class ScheduleAwareHalvingTests
{
    private static readonly ScheduleAwareHalving Pruner = new();

    [Fact]
    public void Rungs_DropsTold_AreSettledSomeStepsAfterEachAndProbedBefore()
    {
        Assert.Equal((ValueList<int>)[4, 13, 50, 108, 158], Pruner.Rungs(new TrainingLadder { LastStep = 200, Drops = [.5, .75] }));
        Assert.Equal((ValueList<int>)[4, 13, 50, 188], Pruner.Rungs(new TrainingLadder { LastStep = 200, Drops = [.9] }));
        Assert.Equal((ValueList<int>)[4, 13, 50, 108, 158], Pruner.Rungs(new TrainingLadder { LastStep = 200 }));
        Assert.Equal((ValueList<int>)[1, 3], Pruner.Rungs(new TrainingLadder { LastStep = 4, Drops = [.5] }));
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(1, true)]
    [InlineData(32, true)]
    [InlineData(8, false)]
    public void Replay_RanksThatTurnAtTheDrop_KeepsTheBestThatOrdinaryPrunersLose(int width, bool told)
    {
        SyntheticStudy study = new(Trials: 40, Steps: 60, Drop: .5, Seed: 3);
        TrainingLadder ladder = new() { LastStep = 60, Drops = told ? [.5] : [] };

        SyntheticOutcome ours = study.Replay(Pruner, ladder, width);

        Assert.Equal(0, ours.Regret);
        Assert.InRange(ours.Used, 0.1, 0.75);
        Assert.True(study.Replay(new AsynchronousSuccessiveHalving(), ladder, width).Regret > 0.05);
        // In one batch of nearly all nobody is completed before the others are decided.
        Assert.True(width == 32 || study.Replay(new MedianPruner(), ladder, width).Regret > 0.02);
    }

    [Fact]
    public void Replay_ManySeeds_SeldomLosesMuch()
    {
        TrainingLadder ladder = new() { LastStep = 60, Drops = [.5] };
        double[] regrets = [.. Enumerable.Range(0, 20).Select(seed =>
            new SyntheticStudy(Trials: 40, Steps: 60, Drop: .5, Seed: seed).Replay(Pruner, ladder, 8).Regret)];

        Assert.InRange(regrets.Average(), 0, 0.005);
    }

    [Fact]
    public void Replay_NoDropAnywhereAndNoneTold_DoesNotBelieveRanksHalfWay()
    {
        // The rate falls smoothly: ranks are only made at the end. With so few trials nothing has been shown, so nothing ends.
        SyntheticStudy study = new(Trials: 8, Steps: 60, Drop: .98, Seed: 2);

        Assert.Equal(1, study.Replay(Pruner, new TrainingLadder { LastStep = 60 }, 8).Used);
    }

    [Fact]
    public void Decide_BeforeTheDropWithoutKnowledge_KeepsLowStarts()
    {
        TrainingLadder ladder = new() { LastStep = 60, Drops = [.5] };
        TrialCurve[] batch = [.. Enumerable.Range(0, 8).Select(i => Curves.Running(i, Enumerable.Repeat(i / 10.0, 15).ToArray()))];

        Assert.All(batch, trial => Assert.False(Curves.Decide(Pruner, ladder, trial, batch).Stops));
    }

    [Fact]
    public void Decide_AtTheSettledRung_KeepsTheBestQuarterByTheirBestSteps()
    {
        // Robust overfitting: trial 7 peaked highest and is the lowest now.
        TrainingLadder ladder = new() { LastStep = 50, Drops = [.5] };
        TrialCurve[] batch = [.. Enumerable.Range(0, 8).Select(i =>
        {
            double[] values = [.. Enumerable.Range(1, 27).Select(step => step < 20 ? .2 : .3 + i / 100.0)];
            values[21] = i == 7 ? .6 : values[21];
            values[26] = i == 7 ? .25 : values[26];
            return Curves.Running(i, values);
        })];

        Assert.Equal([6, 7], batch.Where(trial => !Curves.Decide(Pruner, ladder, trial, batch).Stops).Select(trial => trial.Number));
        Assert.Equal("by step 27 its best was 0.3, from which 0.3 is expected by step 50: not among the best 2 of 8 that came there, the "
            + "last of which, trial 6, has 0.36", Curves.Decide(Pruner, ladder, batch[0], batch).Reason);
    }

    [Fact]
    public void Decide_StillRisingAtTheSettledRung_IsExpectedToRiseOn()
    {
        TrainingLadder ladder = new() { LastStep = 100, Drops = [.5] };
        TrialCurve[] flat = [.. Enumerable.Range(0, 7).Select(i => Curves.Running(i, Enumerable.Repeat(.5 + i / 1000.0, 54).ToArray()))];
        TrialCurve rising = Curves.Running(7, [.. Enumerable.Range(1, 54).Select(step => step <= 50 ? .1 : .1 + (step - 50) * .095)]);

        Assert.True(rising.Points[^1].Values[0] < .5);
        Assert.False(Curves.Decide(Pruner, ladder, rising, flat).Stops);
    }

    [Fact]
    public void Decide_LikeManyThatCameToNothing_EndsEarlyAndSaysWhose()
    {
        TrainingLadder ladder = new() { LastStep = 48, Drops = [.5] };
        TrialCurve[] known = Known();

        PruningDecision hopeless = Curves.Decide(Pruner, ladder, Curves.Running(40, .3, .305, .31), known);
        PruningDecision promising = Curves.Decide(Pruner, ladder, Curves.Running(40, .1, .105, .11), known);
        PruningDecision unlikeAll = Curves.Decide(Pruner, ladder, Curves.Running(40, .8, .2, .7), known);

        Assert.Equal("at step 3 it had 0.31, and of the 10 trials with the most similar curves 0 stood among the best 5 of 20 after step 26",
            hopeless.Reason);
        Assert.False(promising.Stops);
        Assert.False(unlikeAll.Stops);
    }

    [Fact]
    public void Decide_CollapsedTrial_EndsUnlessItsBestIsAmongTheBest()
    {
        TrainingLadder ladder = new() { LastStep = 48, Drops = [.5] };
        double[] Rise(double to) => [.. Enumerable.Range(1, 12).Select(step => to * step / 12)];
        TrialCurve[] sound = [.. Enumerable.Range(0, 7).Select(i => Curves.Running(i, Rise(.3 + i / 100.0)))];
        TrialCurve Collapsed(double best) => Curves.Running(9, [.. Rise(best)[..7], best, best, .01, .01, .01]);

        Assert.Equal("at step 12 it had collapsed to 0.01, and its best, 0.345, was not among the best 2 of 8 by then",
            Curves.Decide(Pruner, ladder, Collapsed(.345), sound).Reason);
        Assert.False(Curves.Decide(Pruner, ladder, Collapsed(.5), sound).Stops);
        // One bad step, and a start that never was high, are no collapse.
        Assert.False(Curves.Decide(Pruner, ladder, Curves.Running(9, [.. Rise(.345)[..11], .01]), sound).Stops);
        Assert.False(Curves.Decide(Pruner, ladder, Curves.Running(9, [.1, .1, .1, .. Enumerable.Repeat(.001, 9)]), sound).Stops);
    }

    [Fact]
    public void Decide_TwoObjectives_KeepsTheFrontAtTheSettledRung()
    {
        TrainingLadder ladder = new() { LastStep = 50, Drops = [.5] };
        TrialCurve Of(int number, double first, double second) => new(number, TrialState.Pending,
            [.. Enumerable.Range(1, 27).Select(step => new CurvePoint(step, [step < 20 ? .1 : first, second]))]);
        TrialCurve[] batch = [Of(0, .9, -5), Of(1, .2, -1), Of(2, .8, -6), Of(3, .1, -2), Of(4, .5, -7), Of(5, .15, -8), Of(6, .3, -9),
            Of(7, .4, -10)];

        Assert.Equal([0, 1], batch.Where(trial => !Curves.Decide(Pruner, ladder, trial, batch).Stops).Select(trial => trial.Number));
    }

    // Half start at .1 and come to .5 and more after the drop, half start at .3 and come to .4; all but the first eight ended at 26.
    private static TrialCurve[] Known() => [.. Enumerable.Range(0, 20).Select(i =>
    {
        bool late = i % 2 == 0;
        double[] values = [.. Enumerable.Range(1, i < 8 ? 48 : 26).Select(step =>
            (late ? .1 : .3) + step / 200.0 * (1 + i / 100.0) + (step > 24 ? late ? .4 : .05 : 0))];
        return i < 8 ? Curves.Completed(i, values) : Curves.Running(i, values) with { State = TrialState.Pruned };
    })];
}
