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

    public static ValueList<TrialRecord> Front(ValueList<TrialRecord> trials, StudyHeader header) => ParetoFront.Of(
        Told(trials).Where(trial => header.Observed(trial).IsFeasible),
        [.. header.Objectives.Select(objective =>
            ParetoObjective.Of<TrialRecord>(objective, trial => trial.Measured(objective.Name)!.Value))])
        .ToValueList();

    private static IEnumerable<TrialRecord> Told(ValueList<TrialRecord> trials) =>
        trials.Where(trial => trial.State == TrialState.Completed);
}
