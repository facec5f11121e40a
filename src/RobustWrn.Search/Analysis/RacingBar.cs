using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The number that a trial must reach in one objective, mostly its robust accuracy, to matter: below it, the trial breaks a limit, or
/// another one is better in this objective and as good in all others. An evaluation may stop as soon as its upper bound falls below.
/// </summary>
public static class RacingBar
{
    // Beyond rounding, so that what stops below a limit breaks it for sure; StudyConstraint forgives 1e-12.
    private const double Slack = 1e-9;

    /// <summary>The bar of a trial.</summary>
    /// <param name="raced">The name of the measure that is to be found out, of which more is better.</param>
    /// <param name="objectives">The objectives of the study.</param>
    /// <param name="constraints">Its constraints.</param>
    /// <param name="told">
    /// The outcomes of the completed trials that may be known: in a study that proposes in batches those of earlier ones, so that the bar
    /// does not depend on who finishes first. Those that break a constraint or are bounds themselves set no bar.
    /// </param>
    /// <param name="known">
    /// The measures of the trial that are known already: clean accuracy, multiply-adds. One told trial must be at least as good as it in
    /// all objectives but the raced one; where one of those is not among them, none can be said to be.
    /// </param>
    /// <param name="winners">
    /// The number of trials that are looked for: the bar is that of the last of so many. Default 1.
    /// </param>
    /// <returns>
    /// The bar, in the unit of the measure: what equals it still matters. Null where there is none: nothing told is as good in all else,
    /// and no constraint limits the measure from below.
    /// </returns>
    public static double? Of(
        string raced, ValueList<StudyObjective> objectives, ValueList<StudyConstraint> constraints, IEnumerable<TrialOutcome> told,
        IReadOnlyList<Measure> known, int winners = 1)
    {
        ArgumentNullException.ThrowIfNull(objectives);
        ArgumentNullException.ThrowIfNull(constraints);
        ArgumentNullException.ThrowIfNull(told);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentOutOfRangeException.ThrowIfLessThan(winners, 1);
        double?[] bars = [Limit(raced, constraints), Best(raced, objectives, constraints, told, known, winners)];
        return bars.Max();
    }

    private static double? Limit(string raced, ValueList<StudyConstraint> constraints) => constraints
        .Where(constraint => constraint.AtLeast && constraint.Name == raced)
        .Max(constraint => (double?)(constraint.Limit - constraint.Tolerance - Slack * Math.Max(1, Math.Abs(constraint.Limit))));

    private static double? Best(
        string raced, ValueList<StudyObjective> objectives, ValueList<StudyConstraint> constraints, IEnumerable<TrialOutcome> told,
        IReadOnlyList<Measure> known, int winners)
    {
        if (!objectives.Any(objective => objective.Name == raced && objective.Maximised))
            return null;
        List<(StudyObjective Objective, double Mine)> others = [];
        foreach (StudyObjective objective in objectives.Where(objective => objective.Name != raced))
        {
            if (known.FirstOrDefault(measure => measure.Name == objective.Name) is not { IsUpperBound: false } measure)
                return null;
            others.Add((objective, objective.Signed(measure.Value)));
        }
        double[] best =
        [
            .. told.Where(outcome => !outcome.IsBoundIn(objectives, constraints)
                    && constraints.All(constraint => outcome.Find(constraint.Name) is { } limited && constraint.Excess(limited.Value) <= 0)
                    && others.All(other => outcome.Find(other.Objective.Name) is { } theirs
                        && other.Objective.Signed(theirs.Value) >= other.Mine))
                .Select(outcome => outcome.Find(raced)?.Value).OfType<double>().OrderDescending().Take(winners),
        ];
        return best.Length < winners ? null : best[^1];
    }
}
