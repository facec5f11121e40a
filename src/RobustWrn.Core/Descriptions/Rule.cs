using System.Globalization;
using System.Runtime.CompilerServices;

namespace RobustWrn.Core;

/// <summary>Rules that descriptions check their parts by. Each returns no problem or one, and names the part by the expression it was given.</summary>
public static class Rule
{
    /// <summary>A whole number of at least 1.</summary>
    public static IEnumerable<Problem> Positive(long value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 1 ? [] : [new Problem(name, $"must be at least 1, got {value}.")];

    /// <summary>A finite number above 0.</summary>
    public static IEnumerable<Problem> Positive(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        double.IsFinite(value) && value > 0 ? [] : [new Problem(name, $"must be a finite number above 0, got {Text(value)}.")];

    /// <summary>A finite number above 0, or null for the default.</summary>
    public static IEnumerable<Problem> PositiveOrDefault(double? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is null ? [] : Positive(value.Value, name);

    /// <summary>A whole number of at least 0.</summary>
    public static IEnumerable<Problem> NotNegative(long value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 0 ? [] : [new Problem(name, $"must be at least 0, got {value}.")];

    /// <summary>A finite number of at least 0.</summary>
    public static IEnumerable<Problem> NotNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        double.IsFinite(value) && value >= 0 ? [] : [new Problem(name, $"must be a finite number of at least 0, got {Text(value)}.")];

    /// <summary>A number in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public static IEnumerable<Problem> InHalfOpen(double value, double low, double high, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= low && value < high ? [] : [new Problem(name, $"must be in [{Text(low)}, {Text(high)}), got {Text(value)}.")];

    /// <summary>A number in [<paramref name="low"/>, <paramref name="high"/>].</summary>
    public static IEnumerable<Problem> InClosed(double value, double low, double high, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= low && value <= high ? [] : [new Problem(name, $"must be in [{Text(low)}, {Text(high)}], got {Text(value)}.")];

    /// <summary>A collection with at least one entry.</summary>
    public static IEnumerable<Problem> NotEmpty<T>(IReadOnlyCollection<T>? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is { Count: > 0 } ? [] : [new Problem(name, "must have at least one entry, got none.")];

    /// <summary>One of the named values of an enumeration.</summary>
    public static IEnumerable<Problem> Known<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : struct, Enum =>
        Enum.IsDefined(value) ? [] : [new Problem(name, $"must be one of {string.Join(", ", Enum.GetNames<T>())}, got {value}.")];

    /// <summary>Any rule: the problem is reported when <paramref name="holds"/> is false.</summary>
    public static IEnumerable<Problem> Holds(bool holds, string name, string message) => holds ? [] : [new Problem(name, message)];

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
