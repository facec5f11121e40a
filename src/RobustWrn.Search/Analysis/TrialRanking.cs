using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The order and the front of the completed trials of a study. Trials that stopped at an upper bound come behind all others, and are on no
/// front: how good they are is not known, only that they could not win when they stopped.
/// </summary>
internal static class TrialRanking
{
    public static ValueList<TrialRecord> Of(ValueList<TrialRecord> trials, StudyHeader header)
    {
        Dictionary<int, TrialRecord> byNumber = trials.ToDictionary(trial => trial.Number);
        ILookup<bool, Observation> told = Told(trials).ToLookup(trial => IsBound(trial, header), header.Observed);
        return Ordered([.. told[false]]).Concat(Ordered([.. told[true]])).Select(trial => byNumber[trial.Number]).ToValueList();
    }

    public static ValueList<TrialRecord> Front(ValueList<TrialRecord> trials, StudyHeader header) => ParetoFront.Of(
        Told(trials).Where(trial => header.Observed(trial).IsFeasible && !IsBound(trial, header)),
        [.. header.Objectives.Select(objective =>
            ParetoObjective.Of<TrialRecord>(objective, trial => trial.Measured(objective.Name)!.Value))])
        .ToValueList();

    private static bool IsBound(TrialRecord trial, StudyHeader header) => trial.Outcome!.IsBoundIn(header.Objectives, header.Constraints);

    private static IReadOnlyList<Observation> Ordered(Observation[] told) => NonDominatedSorting.Best(told, told.Length);

    private static IEnumerable<TrialRecord> Told(ValueList<TrialRecord> trials) =>
        trials.Where(trial => trial.State == TrialState.Completed);
}
