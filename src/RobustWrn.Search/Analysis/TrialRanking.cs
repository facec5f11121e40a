using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The order and the front of the completed trials of a study.</summary>
internal static class TrialRanking
{
    public static ValueList<TrialRecord> Of(ValueList<TrialRecord> trials, StudyHeader header)
    {
        Dictionary<int, TrialRecord> byNumber = trials.ToDictionary(trial => trial.Number);
        Observation[] told = [.. Told(trials).Select(header.Observed)];
        return NonDominatedSorting.Best(told, told.Length).Select(trial => byNumber[trial.Number]).ToValueList();
    }

    public static ValueList<TrialRecord> Front(ValueList<TrialRecord> trials, StudyHeader header)
    {
        (TrialRecord Trial, Observation Observed)[] feasible =
            [.. Told(trials).Select(trial => (trial, header.Observed(trial))).Where(trial => trial.Item2.IsFeasible)];
        return feasible.Where(trial => !Array.Exists(feasible, other => ParetoFront.Dominates(other.Observed.Values, trial.Observed.Values)))
            .Select(trial => trial.Trial).ToValueList();
    }

    private static IEnumerable<TrialRecord> Told(ValueList<TrialRecord> trials) => trials.Where(trial => trial.State == TrialState.Completed);
}
