using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The kind of number that an objective is.</summary>
public enum ObjectiveKind
{
    /// <summary>Any finite number: multiply-adds, milliseconds, a loss.</summary>
    Number,

    /// <summary>Hits out of a total, which carries an interval: an accuracy.</summary>
    Share,
}

/// <summary>One thing that a study wants much or little of: the measure of that name that each trial is told with.</summary>
/// <param name="Name">The name of the measure, unique among the objectives.</param>
/// <param name="Maximised">True where more is better.</param>
/// <param name="Kind">The kind of number. A share may be told where a number is asked for, not the other way round.</param>
public sealed record StudyObjective(string Name, bool Maximised, ObjectiveKind Kind = ObjectiveKind.Number)
{
    /// <summary>The objective of a study that names none: <c>score</c>, maximised.</summary>
    public static StudyObjective Score { get; } = Maximise("score");

    /// <summary>More is better: an accuracy.</summary>
    public static StudyObjective Maximise(string name, ObjectiveKind kind = ObjectiveKind.Number) => new(name, Maximised: true, kind);

    /// <summary>Less is better: parameters, multiply-adds, a loss.</summary>
    public static StudyObjective Minimise(string name, ObjectiveKind kind = ObjectiveKind.Number) => new(name, Maximised: false, kind);

    /// <summary>A measured value with the sign that makes larger ones better, as samplers know it.</summary>
    /// <param name="value">The value as it was told.</param>
    public double Signed(double value) => Maximised ? value : -value;

    /// <summary>The direction and the name.</summary>
    public override string ToString() => $"{(Maximised ? "maximise" : "minimise")} {Name}";

    internal static IEnumerable<Problem> Problems(ValueList<StudyObjective> objectives) =>
    [
        .. Rule.Holds(objectives.Count > 0, "Objectives", "must have at least one entry, got none. Leave them out for one score."),
        .. objectives.SelectMany((objective, i) => Rule.Holds(!string.IsNullOrWhiteSpace(objective?.Name), $"Objectives[{i}].Name",
            "must say what is measured, got nothing.")),
        .. objectives.Where(objective => objective is not null).GroupBy(objective => objective.Name, StringComparer.Ordinal)
            .Where(group => group.Count() > 1)
            .Select(group => new Problem("Objectives", $"must have different names, but {group.Count()} are called \"{group.Key}\".")),
    ];
}
