using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The order of trials by values at a step: with one objective by the value, with several by the front that they belong to and within it
/// by crowding (<see cref="NonDominatedSorting"/>). Equal ones go by number.
/// </summary>
internal static class CurveOrder
{
    /// <summary>The numbers of the first trials of the order.</summary>
    /// <param name="trials">Trials with their values.</param>
    /// <param name="count">How many at most.</param>
    public static IReadOnlyList<int> Best(IEnumerable<(int Number, ValueList<double> Values)> trials, int count) =>
    [
        .. NonDominatedSorting.Best([.. trials.Select(trial => Of(trial.Number, trial.Values))], count).Select(trial => trial.Number),
    ];

    private static Observation Of(int number, ValueList<double> values) =>
        new(number, [], "", TrialState.Completed) { Values = values };
}
