namespace RobustWrn.Search.Tests;

public sealed class TrialCurveTests
{
    [Fact]
    public void At_StepsMissing_GivesWhatWasReportedLast()
    {
        TrialCurve curve = new(0, TrialState.Pending, [CurvePoint.Of(5, .5), CurvePoint.Of(2, .7), CurvePoint.Of(5, .9)]);

        Assert.Null(curve.At(1));
        Assert.Equal([.7], curve.At(4)!);
        Assert.Equal([.5], curve.At(9)!);
        Assert.Equal([.7], curve.BestBy(9)!);
        Assert.Equal(.6, curve.MeanBy(9)![0], 12);
        Assert.Equal(5, curve.LastStep);
    }

    [Fact]
    public void BestBy_SeveralObjectives_IsTheBestOfEach() => Assert.Equal([.7, .6],
        new TrialCurve(0, TrialState.Pending, [new CurvePoint(1, [.7, .1]), new CurvePoint(2, [.2, .6])]).BestBy(2)!);

    [Fact]
    public void Points_NotANumber_AreWorseThanAnyNumber()
    {
        TrialCurve curve = Curves.Running(0, double.NaN, .1) with { State = TrialState.Completed, Final = [double.NaN] };

        Assert.Equal([double.NegativeInfinity], curve.At(1)!);
        Assert.Equal([.1], curve.BestBy(2)!);
        Assert.Equal([double.NegativeInfinity], curve.Final);
    }

    [Fact]
    public void UpTo_CompletedTrial_ForgetsWhatCameLater()
    {
        TrialCurve curve = Curves.Completed(3, .1, .2, .3).UpTo(2);

        Assert.Equal(Curves.Running(3, .1, .2), curve);
        Assert.False(curve.IsTold);
    }

    [Theory]
    [InlineData(200, new[] { .5, .75 }, new[] { 100, 150 })]
    [InlineData(200, new[] { 100.0, 150 }, new[] { 100, 150 })]
    [InlineData(15, new[] { .5, 11 }, new[] { 8, 11 })]
    [InlineData(2, new[] { .5, .75 }, new[] { 1 })]
    [InlineData(1, new[] { .5 }, new int[0])]
    public void DropSteps_SharesAndSteps_AreTheLastStepsBeforeTheDrops(int lastStep, double[] drops, int[] steps) =>
        Assert.Equal(steps, new TrainingLadder { LastStep = lastStep, Drops = [.. drops] }.DropSteps());

    [Theory]
    [InlineData(new[] { .75, .5 }, "must ascend, got [0.75, 0.5]. Write the earliest first, as in [0.5, 0.75].")]
    [InlineData(new[] { 200.0 }, "must be a share of the steps above 0 and below 1, or a whole step from 1 to 199, got 200.")]
    [InlineData(new[] { double.NaN }, "must be a share of the steps above 0 and below 1, or a whole step from 1 to 199, got NaN.")]
    [InlineData(new[] { 1.5 }, "must be a share of the steps above 0 and below 1, or a whole step from 1 to 199, got 1.5.")]
    public void Problems_OfDrops_SayTheRule(double[] drops, string message) =>
        Assert.Equal(message, Assert.Single(new TrainingLadder { Drops = [.. drops] }.Problems()).Message);

    [Fact]
    public void Covers_Trials_IsTheFourthOfEachFour() =>
        Assert.Equal([3, 7, 11], Enumerable.Range(0, 13).Where(PruningExemption.Covers));
}
