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

    /// <summary>Less is better: parameters, multiply-adds.</summary>
    public static ParetoObjective<T> Minimise<T>(string name, Func<T, double> value) => new(name, value, Maximised: false);
}
