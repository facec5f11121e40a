using System.Globalization;

namespace RobustWrn.Core;

/// <summary>Counts and times as short texts for people, in the invariant culture.</summary>
public static class Quantity
{
    private static readonly (double Unit, string Name)[] Units = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")];

    /// <summary>A large count of few characters: <c>36.5 M</c>, <c>5.24 G</c>, <c>812</c>.</summary>
    /// <param name="count">The count.</param>
    public static string Short(double count)
    {
        foreach ((double unit, string name) in Units)
        {
            if (Math.Abs(count) >= unit)
                return Text($"{count / unit:0.00}{name}");
        }
        return Text($"{count:0}");
    }

    /// <summary>A count with its noun: <c>1 trial</c>, <c>12 trials</c>.</summary>
    /// <param name="count">The count.</param>
    /// <param name="noun">The noun for one; an s makes it the noun for many.</param>
    public static string Of(long count, string noun) => Text($"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>A time of few characters, in the unit that suits it: <c>2.5 h</c>, <c>12.0 min</c>, <c>4.2 s</c>, <c>15 ms</c>.</summary>
    /// <param name="time">The time.</param>
    public static string Short(TimeSpan time) =>
        time.TotalHours >= 1 ? Text($"{time.TotalHours:0.0} h")
        : time.TotalMinutes >= 1 ? Text($"{time.TotalMinutes:0.0} min")
        : time.TotalSeconds >= 1 || time == TimeSpan.Zero ? Text($"{time.TotalSeconds:0.0} s")
        : Text($"{time.TotalMilliseconds:0.##} ms");

    /// <summary>The first of several texts, and how many more there are: <c>a, b, and 40 more</c>.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="most">How many are written out.</param>
    /// <param name="separator">What stands between them.</param>
    public static string First(IReadOnlyCollection<string> texts, int most, string separator = ", ")
    {
        ArgumentNullException.ThrowIfNull(texts);
        string first = string.Join(separator, texts.Take(most));
        return texts.Count <= most ? first : Text($"{first}{separator}and {texts.Count - most} more");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
