using System.Globalization;
using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A named number that a trial measured, or an upper bound of one.</summary>
/// <param name="Name">What it is, with its unit where it has one.</param>
/// <param name="Value">The number, finite; of a share its hits out of the total. Of a bound, the bound.</param>
public sealed record Measure(string Name, double Value)
{
    /// <summary>The counts of a share, which carry its interval; null for a plain number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Proportion? Share { get; init; }

    /// <summary>
    /// True where the number is not known, only that it is <see cref="Value"/> or less: of a trial that stopped because it could not win.
    /// Samplers take the bound for the value, so they never think less of such a trial than it deserves. A ranking has it behind all
    /// trials of which the number is known, and no front has it.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsUpperBound { get; init; }

    /// <summary>A share with its counts.</summary>
    public static Measure Of(string name, Proportion share) => new(name, share.Value) { Share = share };

    /// <summary>An upper bound of a share: the share is not known, and these counts are no accuracy.</summary>
    public static Measure AtMost(string name, Proportion bound) => new(name, bound.Value) { Share = bound, IsUpperBound = true };

    /// <summary>Name and value; of a bound, that it is one, and no interval.</summary>
    public override string ToString() => (Share, IsUpperBound) switch
    {
        ({ } share, false) => $"{Name} {share}",
        ({ } share, true) => string.Create(CultureInfo.InvariantCulture, $"{Name} at most {100 * share.Value:0.0} %"),
        (null, _) => string.Create(CultureInfo.InvariantCulture, $"{Name}{(IsUpperBound ? " at most" : "")} {Value:g6}"),
    };
}
