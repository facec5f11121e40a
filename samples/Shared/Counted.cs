using System.Globalization;

namespace RobustWrn.Samples;

/// <summary>Counts with their nouns: <c>1 epoch</c>, <c>2 epochs</c>, <c>3 classes</c>.</summary>
internal static class Counted
{
    /// <summary>A count with its noun.</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">The noun for one: <c>epoch</c>.</param>
    /// <param name="many">The noun for any other number; null adds an s.</param>
    /// <returns>Digits without groups, whatever the culture, and the noun.</returns>
    public static string Of(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");
}
