using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>
/// The bar is exact: what is below it is on no front of the study, whatever it is, and what is above it would be on the front.
/// </summary>
public sealed class RacingBarTests
{
    private const string Robust = "robust";

    private static readonly ValueList<StudyObjective> One = [StudyObjective.Maximise(Robust, ObjectiveKind.Share)];

    private static readonly ValueList<StudyObjective> Three =
        [StudyObjective.Minimise("MACs"), .. One, StudyObjective.Maximise("clean", ObjectiveKind.Share)];

    public static TheoryData<int> Draws() => [.. Enumerable.Range(0, 60)];

    /// <summary>Few values of each, so that many are equal.</summary>
    [Theory]
    [MemberData(nameof(Draws))]
    public void Of_RandomStudies_SeparatesWhatCanBeOnTheFrontFromWhatCannot(int draw)
    {
        Random random = new(draw);
        ValueList<StudyObjective> objectives = draw % 3 == 0 ? One : Three;
        ValueList<StudyConstraint> constraints = draw % 2 == 0 ? [] : [StudyConstraint.Least("clean", 0.5, tolerance: 0.1)];
        TrialRecord[] told = [.. Enumerable.Range(0, 12).Select(i => Trial(i, Drawn(random, isBound: random.Next(4) == 0)))];
        // It keeps the limit, so that the front is all that decides.
        Measure[] known = [Measure.Of("clean", new(9, 10)), new Measure("MACs", random.Next(4))];

        double? bar = RacingBar.Of(Robust, objectives, constraints, told.Select(trial => trial.Outcome!), known);

        for (int hits = 0; hits <= 10; hits++)
        {
            TrialRecord mine = Trial(99, new TrialOutcome { Measures = [.. known, Measure.Of(Robust, new(hits, 10))] });
            bool onFront = Front(objectives, constraints, [.. told, mine]).Contains(99);
            double value = hits / 10.0;
            if (value < bar)
                Assert.False(onFront, $"{hits} is below the bar {bar} and on the front");
            if (value > bar || bar is null)
                Assert.True(onFront, $"{hits} is above the bar {bar} and not on the front");
        }
    }

    [Fact]
    public void Of_OneObjective_IsTheBestKnownThatKeepsTheLimits()
    {
        TrialOutcome[] told =
        [
            Outcome(40, 80), Outcome(60, 30), Outcome(45, 80),
            new() { Measures = [Measure.AtMost(Robust, new(99, 100)), Measure.Of("clean", new(80, 100))] },
        ];
        ValueList<StudyConstraint> clean = [StudyConstraint.Least("clean", 0.5)];

        Assert.Equal(0.45, RacingBar.Of(Robust, One, clean, told, []));
        Assert.Equal(0.4, RacingBar.Of(Robust, One, clean, told, [], winners: 2));
        Assert.Null(RacingBar.Of(Robust, One, clean, told, [], winners: 3));
        Assert.Equal(0.6, RacingBar.Of(Robust, One, [], told, []));
        Assert.Null(RacingBar.Of(Robust, One, [], [], []));
    }

    /// <summary>Of a limit alone, what stops below the bar breaks it, rounding and tolerance included.</summary>
    [Theory]
    [InlineData(0.3, 0.005)]
    [InlineData(0.7, 0.1)]
    [InlineData(0.1, 0)]
    public void Of_ALimitOfTheRacedMeasure_IsBelowWhatKeepsIt(double limit, double tolerance)
    {
        StudyConstraint constraint = StudyConstraint.Least(Robust, limit, tolerance);

        double bar = RacingBar.Of(Robust, [StudyObjective.Minimise("MACs")], [constraint], [], [])!.Value;

        for (int hits = 0; hits <= 1_000; hits++)
            Assert.Equal(hits / 1_000.0 >= bar, constraint.Excess(hits / 1_000.0) <= 0);
    }

    [Fact]
    public void Of_AnObjectiveThatIsNotKnownYet_SetsNoBar()
    {
        TrialOutcome[] told = [Outcome(40, 80).With(new Measure("MACs", 1))];

        Assert.Null(RacingBar.Of(Robust, Three, [], told, [new Measure("MACs", 2)]));
        Assert.Null(RacingBar.Of(Robust, Three, [], told, [new Measure("MACs", 2), Measure.AtMost("clean", new(1, 2))]));
        Assert.Equal(0.4, RacingBar.Of(Robust, Three, [], told, [new Measure("MACs", 2), Measure.Of("clean", new(1, 2))]));
        Assert.Null(RacingBar.Of("other", Three, [], told, [new Measure("MACs", 2), Measure.Of("clean", new(1, 2))]));
    }

    // Brute force: nothing known and feasible is at least as good in all and better in one.
    private static HashSet<int> Front(ValueList<StudyObjective> objectives, ValueList<StudyConstraint> constraints, TrialRecord[] trials)
    {
        (int Number, double[] Values)[] good =
        [
            .. trials.Where(trial => !trial.Outcome!.Measures.Any(measure => measure.IsUpperBound)
                    && constraints.All(constraint => constraint.Excess(trial.Measured(constraint.Name)!.Value) <= 0))
                .Select(trial => (trial.Number, objectives.Select(of => of.Signed(trial.Measured(of.Name)!.Value)).ToArray())),
        ];
        return
        [
            .. good.Where(mine => !good.Any(other => other.Values.Zip(mine.Values).All(pair => pair.First >= pair.Second)
                && other.Values.Zip(mine.Values).Any(pair => pair.First > pair.Second))).Select(mine => mine.Number),
        ];
    }

    private static TrialOutcome Drawn(Random random, bool isBound)
    {
        Proportion robust = new(random.Next(10), 10);
        return new TrialOutcome
        {
            Measures =
            [
                isBound ? Measure.AtMost(Robust, robust) : Measure.Of(Robust, robust),
                Measure.Of("clean", new(random.Next(10), 10)),
                new Measure("MACs", random.Next(4)),
            ],
        };
    }

    private static TrialOutcome Outcome(int robust, int clean) =>
        new() { Measures = [Measure.Of(Robust, new(robust, 100)), Measure.Of("clean", new(clean, 100))] };

    private static TrialRecord Trial(int number, TrialOutcome outcome) => new()
    {
        Number = number,
        Point = [number],
        Values = [],
        Spec = "{}",
        SpecFingerprint = "",
        Identity = "",
        State = TrialState.Completed,
        Outcome = outcome,
    };
}
