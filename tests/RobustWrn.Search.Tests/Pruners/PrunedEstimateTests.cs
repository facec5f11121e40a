namespace RobustWrn.Search.Tests;

public sealed class PrunedEstimateTests
{
    private static TrialCurve Told(int number, double atTwo, double final) => new(number, TrialState.Completed,
        [CurvePoint.Of(1, 0), CurvePoint.Of(2, atTwo), CurvePoint.Of(3, final)])
    { Final = [final] };

    [Fact]
    public void Of_ManyCompleted_IsTheMeanOfTheThreeNearestAtTheLastStep()
    {
        TrialCurve[] others = [Told(0, .10, 1), Told(1, .31, 2), Told(2, .28, 4), Told(3, .34, 6), Told(4, .9, 100)];

        Assert.Equal([4.0], PrunedEstimate.Of(Curves.Running(9, .9, .3), others)!);
        Assert.Equal([4.0], PrunedEstimate.Of(Curves.Running(9, .9, .3), others.Reverse())!);
    }

    [Fact]
    public void Of_EquallyNear_TakesTheEarlierTrials() => Assert.Equal([2.0],
        PrunedEstimate.Of(Curves.Running(9, 0, .5), [Told(3, .6, 100), Told(0, .4, 1), Told(1, .6, 2), Told(2, .4, 3)])!);

    [Fact]
    public void Of_NoCompletedTrialAtTheStep_IsNone()
    {
        TrialCurve pruned = Curves.Running(9, 0, .5);

        Assert.Null(PrunedEstimate.Of(pruned, []));
        Assert.Null(PrunedEstimate.Of(pruned, [Curves.Running(0, 0, .5), Told(1, .5, 1).UpTo(3), Told(9, .5, 1)]));
        Assert.Null(PrunedEstimate.Of(pruned, [new TrialCurve(1, TrialState.Completed, [CurvePoint.Of(1, .5)]) { Final = [1] }]));
        Assert.Null(PrunedEstimate.Of(Curves.Running(9), [Told(1, .5, 1)]));
    }

    [Fact]
    public void Of_FewerThanThree_TakesThem() =>
        Assert.Equal([1.5], PrunedEstimate.Of(Curves.Running(9, 0, .5), [Told(0, .1, 1), Told(1, .9, 2)])!);

    [Fact]
    public void Of_TwoObjectives_FindsTheNearestForEach()
    {
        TrialCurve Of(int number, double first, double second) => new(number, TrialState.Completed, [new CurvePoint(1, [first, second])])
        {
            Final = [10 * first, 10 * second],
        };
        TrialCurve pruned = new(9, TrialState.Pending, [new CurvePoint(1, [0, 1])]);

        Assert.Equal([1.0, 9.0],
            PrunedEstimate.Of(pruned, [Of(0, 0, .8), Of(1, .1, .9), Of(2, .2, 1), Of(3, .8, 0), Of(4, .9, .1)])!.Select(v => Math.Round(v, 9)));
    }
}
