using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// A limit that a good trial keeps: on the measure of that name. What can be told of a network before it is trained belongs into the
/// space, which then has no other networks; this is for what only the trial shows, such as clean accuracy or latency.
/// </summary>
/// <param name="Name">The name of the measure; each trial must be told with it.</param>
/// <param name="AtLeast">True where the measure must not be below the limit, false where it must not be above.</param>
/// <param name="Limit">The limit, in the measure's unit.</param>
/// <param name="Tolerance">How far beyond the limit a measure still counts as within, in its unit: the noise. Not below 0.</param>
public sealed record StudyConstraint(string Name, bool AtLeast, double Limit, double Tolerance = 0)
{
    private const double Rounding = 1e-12;

    /// <summary>The measure must not be above a limit.</summary>
    public static StudyConstraint Most(string name, double limit, double tolerance = 0) => new(name, AtLeast: false, limit, tolerance);

    /// <summary>The measure must not be below a limit.</summary>
    public static StudyConstraint Least(string name, double limit, double tolerance = 0) => new(name, AtLeast: true, limit, tolerance);

    /// <summary>
    /// The distance of a value beyond limit and tolerance, as a share of the limit (of 1 where the limit is 0): 0 or less keeps it.
    /// </summary>
    /// <param name="value">The value as it was told.</param>
    public double Excess(double value)
    {
        double excess = ((AtLeast ? Limit - value : value - Limit) - Tolerance) / (Limit == 0 ? 1 : Math.Abs(Limit));
        // A value that stands on the limit keeps it, whatever rounding makes of the difference.
        return Math.Abs(excess) < Rounding ? 0 : excess;
    }

    /// <summary>The measure and its limit.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name} {(AtLeast ? "at least" : "at most")} {Limit:g6}{(Tolerance > 0 ? $" (within {Tolerance:g6})" : "")}");

    internal static IEnumerable<Problem> Problems(ValueList<StudyConstraint> constraints) =>
    [
        .. constraints.SelectMany((constraint, i) => (IEnumerable<Problem>)
        [
            .. Rule.Holds(!string.IsNullOrWhiteSpace(constraint?.Name), $"Constraints[{i}].Name", "must say what is limited, got nothing."),
            .. Rule.Holds(constraint is null || double.IsFinite(constraint.Limit), $"Constraints[{i}].Limit",
                $"must be a finite number, got {constraint?.Limit}."),
            .. Rule.Holds(constraint is null || (double.IsFinite(constraint.Tolerance) && constraint.Tolerance >= 0),
                $"Constraints[{i}].Tolerance", $"must be a finite number of at least 0, got {constraint?.Tolerance}."),
        ]),
        .. constraints.Where(constraint => constraint is not null).GroupBy(constraint => (constraint.Name, constraint.AtLeast))
            .Where(group => group.Count() > 1)
            .Select(group => new Problem("Constraints", $"must limit a measure once on each side, but \"{group.Key.Name}\" has "
                + $"{group.Count()} limits {(group.Key.AtLeast ? "from below" : "from above")}. Keep the tighter one.")),
    ];
}
