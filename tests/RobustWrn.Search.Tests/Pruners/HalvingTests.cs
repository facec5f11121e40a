using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class HalvingTests
{
    private static readonly AsynchronousSuccessiveHalving Halving = new();

    [Theory]
    [InlineData(100, new[] { 3, 11, 33 })]
    [InlineData(81, new[] { 3, 9, 27 })]
    [InlineData(8, new[] { 2 })]
    [InlineData(2, new int[0])]
    public void Rungs_LastStep_AreItsThirdsOfThirds(int lastStep, int[] rungs) =>
        Assert.Equal(rungs, Halving.Rungs(new TrainingLadder { LastStep = lastStep }));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(5, 1)]
    [InlineData(6, 2)]
    [InlineData(9, 3)]
    [InlineData(11, 3)]
    public void Decide_BatchAtARung_PromotesAThirdRoundedDownAndAtLeastOne(int trials, int promoted)
    {
        TrialCurve[] batch = [.. Enumerable.Range(0, trials).Select(i => Curves.Running(i, 0, 0, 7 * i % 12))];

        int[] kept = [.. batch.Where(trial => !Curves.Decide(Halving, 81, trial, batch).Stops).Select(trial => trial.Number)];

        Assert.Equal(batch.OrderByDescending(trial => trial.Points[^1].Values[0]).Take(promoted).Select(trial => trial.Number).Order(), kept);
    }

    [Fact]
    public void Decide_OneAfterAnother_ComparesWithWhoCameThereWhateverBecameOfThem()
    {
        TrialCurve[] before =
        [
            Curves.Running(0, 0, 0, .5), Curves.Running(1, 0, 0, .6) with { State = TrialState.Failed },
            Curves.Completed(2, [0, 0, .7, .1]), Curves.Running(3, .9, .9), Curves.Running(4, 0, 0, .2), Curves.Running(5, 0, 0, .1),
        ];

        // Six came there with it, so two go on; trial 3 is not there yet.
        Assert.False(Curves.Decide(Halving, 81, Curves.Running(6, 0, 0, .65), before).Stops);
        Assert.Equal("at step 3 it had 0.55 and was not among the best 2 of 6 that came there, the last of which, trial 1, had 0.6",
            Curves.Decide(Halving, 81, Curves.Running(6, 0, 0, .55), before).Reason);
    }

    [Fact]
    public void Decide_TwoObjectives_KeepsTheFrontFirst()
    {
        TrialCurve Of(int number, double first, double second) => new(number, TrialState.Pending, [new CurvePoint(3, [first, second])]);
        TrialCurve[] batch = [Of(0, .9, .1), Of(1, .1, .9), Of(2, .5, .5), Of(3, .4, .4), Of(4, .05, .8), Of(5, .3, .3),
            Of(6, .2, .2), Of(7, .1, .1), Of(8, .8, .05)];

        Assert.Equal([0, 1, 2], batch.Where(trial => !Curves.Decide(Halving, 81, trial, batch).Stops).Select(trial => trial.Number));
    }

    [Fact]
    public void Decide_StepThatIsNoRung_GoesOn() =>
        Assert.False(Curves.Decide(Halving, 81, Curves.Running(1, 0, 0), Curves.Running(0, 1, 1)).Stops);

    [Fact]
    public void Brackets_OfHyperband_AreThoseOfTheAlgorithm() =>
        // R = 81 and eta = 3 with all halvings is Table 1 of Li et al. 2018: 81, 34, 15, 8 and 5 trials.
        Assert.Equal((ValueList<int>)[5, 8, 15, 34, 81], new Hyperband { Halvings = 4 }.Brackets(new TrainingLadder { LastStep = 81 }));

    [Theory]
    [InlineData(81, 4)]
    [InlineData(100, 3)]
    [InlineData(5, 3)]
    public void BracketOf_AnyStretchOfTrials_HasItsShareOfEachBracket(int lastStep, int halvings)
    {
        Hyperband hyperband = new() { Halvings = halvings };
        TrainingLadder ladder = new() { LastStep = lastStep };
        ValueList<int> brackets = hyperband.Brackets(ladder);
        foreach ((int first, int count) in ((int, int)[])[(0, 20), (0, 143), (1_000, 24), (123_456_789, 300)])
        {
            int[] found = [.. Enumerable.Range(first, count).Select(number => hyperband.BracketOf(number, ladder))];
            for (int s = 0; s < brackets.Count; s++)
                Assert.InRange(found.Count(bracket => bracket == s) - (double)count * brackets[s] / brackets.Sum(), -2.5, 2.5);
        }
    }

    [Fact]
    public void Decide_OfHyperband_HalvesWithinABracketFromItsFirstRungOn()
    {
        Hyperband hyperband = new();
        TrainingLadder ladder = new() { LastStep = 27 };
        TrialCurve[] trials = [.. Enumerable.Range(0, 60).Select(i => Curves.Running(i, [.. Enumerable.Repeat((i * 17 % 60) / 60.0, 9)]))];
        foreach (int rung in hyperband.Rungs(ladder))
        {
            TrialCurve[] there = [.. trials.Select(trial => trial.UpTo(rung))];
            foreach (IGrouping<int, TrialCurve> bracket in there.GroupBy(trial => hyperband.BracketOf(trial.Number, ladder)))
            {
                // A bracket of s halvings starts after 27 / 3^s steps.
                int first = 27 / (int)Math.Pow(3, bracket.Key);
                int expected = rung >= first ? Math.Max(1, bracket.Count() / 3) : bracket.Count();
                Assert.Equal(expected, bracket.Count(trial => !Curves.Decide(hyperband, ladder, trial, there).Stops));
            }
        }
    }
}
