using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>
/// A trial of which only an upper bound is known is behind those that are known, is on no front, and teaches samplers its bound.
/// </summary>
public sealed class RankedBoundTests
{
    private static readonly StudyOptions One = new() { Objectives = [StudyObjective.Maximise("robust", ObjectiveKind.Share)] };

    private static readonly StudyOptions Two = new() { Objectives = [.. One.Objectives, StudyObjective.Minimise("MACs")] };

    [Fact]
    public void Ranking_OneObjective_HasBoundsBehindAllThatIsKnown()
    {
        using Study<WideResNetSpec> study = Told(One, Known(30), AtMost(29), Known(10), AtMost(44), Known(29));

        Assert.Equal([0, 4, 2, 3, 1], study.Ranking().Select(trial => trial.Number));
        Assert.Equal(0, study.Best!.Number);
        Assert.Equal([0], study.Front().Select(trial => trial.Number));
    }

    [Fact]
    public void Front_SeveralObjectives_HasNoBoundHoweverGood()
    {
        using Study<WideResNetSpec> study = Told(Two, Known(30, 10), AtMost(99, 1), Known(20, 5), AtMost(25, 5));

        Assert.Equal([0, 2], study.Front().Select(trial => trial.Number));
        Assert.Equal([0, 2, 1, 3], study.Ranking().Select(trial => trial.Number));
    }

    /// <summary>A limit from below that only a bound speaks for is not known to be kept.</summary>
    [Fact]
    public void Front_BoundOfALimitFromBelow_IsNotOnIt()
    {
        StudyOptions limited = new()
        {
            Objectives = [StudyObjective.Minimise("MACs")],
            Constraints = [StudyConstraint.Least("robust", 0.2)],
        };
        using Study<WideResNetSpec> study = Told(limited, AtMost(25, 1), Known(25, 3), AtMost(10, 2));

        Assert.Equal([1], study.Front().Select(trial => trial.Number));
        Assert.Equal([1, 0, 2], study.Ranking().Select(trial => trial.Number));
    }

    [Fact]
    public void Observed_Bound_IsItsValue()
    {
        using Study<WideResNetSpec> study = Told(One, AtMost(44), Known(30));

        Assert.Equal([0.44], study.Header.Observed(study.Trials[0]).Values);
        // Among the bounds, the first; but there is one that is known.
        Assert.Equal(1, study.Best!.Number);
    }

    private static TrialOutcome Known(int robust, double macs = 1) =>
        new() { Measures = [Measure.Of("robust", new Proportion(robust, 100)), new Measure("MACs", macs)] };

    private static TrialOutcome AtMost(int robust, double macs = 1) =>
        new() { Measures = [Measure.AtMost("robust", new Proportion(robust, 100)), new Measure("MACs", macs)] };

    private static Study<WideResNetSpec> Told(StudyOptions options, params TrialOutcome[] outcomes)
    {
        Study<WideResNetSpec> study = Study.Open(Spaces.Widths([.. Enumerable.Range(1, 10)]), new GridSampler(), seed: 1, options: options);
        foreach (TrialOutcome outcome in outcomes)
            study.Tell(study.Ask()!, outcome);
        return study;
    }
}
