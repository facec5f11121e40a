using CsCheck;
using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class MedianPrunerTests
{
    private static readonly MedianPruner AtOnce = new() { StartupTrials = 1 };

    [Fact]
    public void Decide_BestBelowTheMedianOfRunningMeans_SaysWhatWasCompared()
    {
        // Means by step 2: 0.15, 0.3, 0.45; later steps do not count.
        TrialCurve[] others = [Curves.Completed(0, .1, .2, .9), Curves.Completed(1, .3, .3, .1), Curves.Completed(2, .6, .3, .1)];

        Assert.Equal("by step 2 its best value was 0.29, below 0.3, the median of the means of 3 completed trials by then",
            Curves.Decide(AtOnce, 3, Curves.Running(3, .29, .2), others).Reason);
        Assert.False(Curves.Decide(AtOnce, 3, Curves.Running(3, .3, .2), others).Stops);
    }

    [Fact]
    public void Decide_EvenNumber_TakesTheMeanOfTheTwoInTheMiddle()
    {
        TrialCurve[] others = [Curves.Completed(0, .1), Curves.Completed(1, .2), Curves.Completed(2, .4), Curves.Completed(3, .9)];

        Assert.True(Curves.Decide(AtOnce, 2, Curves.Running(4, .299), others).Stops);
        Assert.False(Curves.Decide(AtOnce, 2, Curves.Running(4, .301), others).Stops);
    }

    [Fact]
    public void Decide_TooFewCompletedOrTooEarly_GoesOn()
    {
        TrialCurve[] four = [.. Enumerable.Range(0, 4).Select(i => Curves.Completed(i, .9, .9))];
        TrialCurve running = Curves.Running(4, .9, .9), trial = Curves.Running(5, .1);

        Assert.False(Curves.Decide(new MedianPruner(), 9, trial, [.. four, running]).Stops);
        Assert.True(Curves.Decide(new MedianPruner(), 9, trial, [.. four, Curves.Completed(4, .9, .9)]).Stops);
        Assert.False(Curves.Decide(new MedianPruner { WarmupSteps = 1 }, 9, trial, [.. four, Curves.Completed(4, .9, .9)]).Stops);
    }

    [Fact]
    public void Decide_OneObjectiveMadeTwoAlike_ComesToTheSame() =>
        Gen.Select(Gen.Double[0, 1].Array[5, 9], Gen.Double[0, 1]).Where((values, _) => values.Length % 2 == 1).Sample((values, own) =>
        {
            // Two objectives in the same order have fronts of one trial each.
            TrialCurve Twice(int number, double value, TrialState state) =>
                new(number, state, [new CurvePoint(1, [value, 2 * value])]) { Final = state == TrialState.Completed ? [value, 2 * value] : [] };

            bool one = Curves.Decide(AtOnce, 2, Curves.Running(99, own), values.Select((value, i) => Curves.Completed(i, value))).Stops;
            bool two = Curves.Decide(AtOnce, 2, Twice(99, own, TrialState.Pending),
                values.Select((value, i) => Twice(i, value, TrialState.Completed))).Stops;

            Assert.Equal(one, two);
        }, iter: 200, threads: 1);

    [Fact]
    public void Rungs_WarmupAndInterval_AreEveryIntervalAfterTheWarmup() => Assert.Equal(
        (ValueList<int>)[7, 9],
        new MedianPruner { WarmupSteps = 5, Interval = 2 }.Rungs(new TrainingLadder { LastStep = 11 }));
}
