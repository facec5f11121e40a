using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class RungCorrelationTests
{
    // Exempt trials are 3, 7, 11, ...
    private static TrialCurve Exempt(int index, double rung, double end) =>
        Curves.Completed(4 * index + 3, rung) with { Final = [end] };

    private static TrialCurve[] Study(double[] rung, double[] end) => [.. rung.Select((value, i) => Exempt(i, value, end[i]))];

    [Fact]
    public void Of_KnownRanks_GivesTauAndRho()
    {
        // 8 of 10 pairs in order; rank differences 1, 1, 0, 1, 1: rho = 1 - 6 * 4 / (5 * 24).
        RungCorrelation correlation = RungCorrelation.Of(Study([.1, .2, .3, .4, .5], [.2, .1, .3, .5, .4]), 1);

        Assert.Equal(5, correlation.Trials);
        Assert.Equal(.6, correlation.KendallTau!.Value, 12);
        Assert.Equal(.8, correlation.Spearman!.Value, 12);
        Assert.Equal("step 1: Kendall's tau 0.60, Spearman's rho 0.80 over 5 exempt trials", correlation.ToString());
    }

    [Fact]
    public void Of_Ties_IsTauB()
    {
        // Pairs: (1,2) tied at the rung; (1,3) and (2,3) in order. 2 / sqrt(2 * 3).
        RungCorrelation correlation = RungCorrelation.Of(Study([.1, .1, .3], [.1, .2, .3]), 1);

        Assert.Equal(2 / Math.Sqrt(6), correlation.KendallTau!.Value, 12);
        // Ranks 1.5, 1.5, 3 against 1, 2, 3: Pearson's coefficient of these.
        Assert.Equal(1.5 / Math.Sqrt(1.5 * 2), correlation.Spearman!.Value, 12);
    }

    [Fact]
    public void Of_TrialsThatArePrunableRunningOrShort_LeavesThemOut()
    {
        TrialCurve[] trials =
        [
            .. Study([.1, .2, .3], [.3, .2, .1]),
            Curves.Completed(0, .9) with { Final = [.9] }, Curves.Running(15, .9),
            Curves.Running(19) with { State = TrialState.Completed, Final = [.9] },
        ];

        Assert.Equal(new RungCorrelation(1, 0, 3, -1, -1), RungCorrelation.Of(trials, 1));
        Assert.Equal(new RungCorrelation(2, 0, 0, null, null), RungCorrelation.Of(trials, 2));
    }

    [Fact]
    public void Of_AllAlike_IsNotDefined() =>
        Assert.Equal("step 1: no correlation, 2 exempt trials", RungCorrelation.Of(Study([.1, .1], [.1, .2]), 1).ToString());

    [Fact]
    public void Price_EarlyLeadersThatAreNot_NamesWhatWouldHaveBeenLost()
    {
        // Batches of 8. Of the exempt ones, 3 starts low and ends highest, 7 is low throughout.
        TrialCurve[] trials =
        [
            .. Enumerable.Range(0, 8).Select(i => i switch
            {
                3 => Curves.Completed(3, .01, .02, .9),
                7 => Curves.Completed(7, .02, .02, .02),
                _ => Curves.Completed(i, .5, .5, .5 + i / 100.0),
            }),
        ];
        PruningPrice price = PruningPrice.Of(
            new AsynchronousSuccessiveHalving { Halvings = 1 }, new TrainingLadder { LastStep = 3 }, trials, 8, RandomStream.From(1));

        Assert.Equal(new PruningPrice(2, [3, 7], [3]), price);
        Assert.Equal("of 2 exempt trials the pruner would have ended 2, 1 of them best in the end: trial 3", price.ToString());
        Assert.Equal(new PruningPrice(2, [], []), PruningPrice.Of(new NoPruner(), new TrainingLadder { LastStep = 3 }, trials, 8, RandomStream.From(1)));
    }

    [Fact]
    public void Price_SequentialStudy_DoesNotKnowLaterTrials()
    {
        // Trial 3 leads when it is decided; all others come later.
        TrialCurve[] trials = [Curves.Completed(3, .5, .5, .5), .. Enumerable.Range(4, 6).Select(i => Curves.Completed(i, .9, .9, .9))];

        Assert.Equal([7], PruningPrice.Of(new AsynchronousSuccessiveHalving { Halvings = 1 }, new TrainingLadder { LastStep = 3 },
            [.. trials.Where(trial => trial.Number != 7), Curves.Completed(7, .1, .1, .1)], 1, RandomStream.From(1)).WouldEnd);
    }
}
