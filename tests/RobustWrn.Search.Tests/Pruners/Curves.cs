using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>Curves and contexts for tests of pruners.</summary>
internal static class Curves
{
    /// <summary>A completed trial with one objective, whose steps are all reported and whose best one is what it was told with.</summary>
    public static TrialCurve Completed(int number, params double[] values) =>
        Running(number, values) with { State = TrialState.Completed, Final = [values.Max()] };

    /// <summary>A trial with one objective that goes on.</summary>
    public static TrialCurve Running(int number, params double[] values) =>
        new(number, TrialState.Pending, [.. values.Select((value, i) => CurvePoint.Of(i + 1, value))]);

    /// <summary>The decision on a trial that stands at its last step.</summary>
    public static PruningDecision Decide(IPruner pruner, int lastStep, TrialCurve trial, params IEnumerable<TrialCurve> others) =>
        Decide(pruner, new TrainingLadder { LastStep = lastStep }, trial, others);

    /// <summary>The decision on a trial that stands at its last step.</summary>
    public static PruningDecision Decide(IPruner pruner, TrainingLadder ladder, TrialCurve trial, params IEnumerable<TrialCurve> others) =>
        pruner.Decide(new PrunerContext(ladder, trial.LastStep, trial, [.. others], RandomStream.From(1).At(trial.Number)));
}
