namespace RobustWrn.Search;

/// <summary>Something to have much or little of.</summary>
/// <typeparam name="T">What is compared.</typeparam>
/// <param name="Name">The objective's name, for messages and tables.</param>
/// <param name="Value">Its value for an item; not NaN.</param>
/// <param name="Maximised">Whether more is better.</param>
public sealed record ParetoObjective<T>(string Name, Func<T, double> Value, bool Maximised);

/// <summary>Creates objectives.</summary>
public static class ParetoObjective
{
    /// <summary>More is better: an accuracy.</summary>
    public static ParetoObjective<T> Maximise<T>(string name, Func<T, double> value) => new(name, value, Maximised: true);

    /// <summary>An objective of a study, of items that have its value.</summary>
    /// <typeparam name="T">The type of what is compared.</typeparam>
    /// <param name="objective">Name and direction.</param>
    /// <param name="value">Its value for an item, as it was told.</param>
    public static ParetoObjective<T> Of<T>(StudyObjective objective, Func<T, double> value)
    {
        ArgumentNullException.ThrowIfNull(objective);
        return new(objective.Name, value, objective.Maximised);
    }

    /// <summary>Less is better: parameters, multiply-adds.</summary>
    public static ParetoObjective<T> Minimise<T>(string name, Func<T, double> value) => new(name, value, Maximised: false);
}
