using System.Globalization;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>A limit that a good network of a search keeps.</summary>
/// <param name="Measured">What is limited: from below where more of it is better, from above where less is.</param>
/// <param name="Limit">The limit, in its unit; of an accuracy a share in [0, 1].</param>
/// <param name="Tolerance">How far beyond it still counts as within, in the same unit.</param>
public sealed record SearchLimit(ISearchObjective Measured, double Limit, double Tolerance = 0)
{
    internal StudyConstraint Constraint => new(Measured.Objective.Name, Measured.Objective.Maximised, Limit, Tolerance);

    /// <summary>Tells whether measures keep it, tolerance included.</summary>
    /// <param name="measures">Measures of a network, this one among them.</param>
    public bool IsKeptBy(IEnumerable<Measure> measures) =>
        Constraint.Excess(measures.First(measure => measure.Name == Constraint.Name).Value) <= 0;

    /// <summary>The measure and its limit.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Constraint}");
}
