using System.Globalization;
using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A named number that a trial measured.</summary>
/// <param name="Name">What it is, with its unit where it has one.</param>
/// <param name="Value">The number, finite; of a share its hits out of the total.</param>
public sealed record Measure(string Name, double Value)
{
    /// <summary>The counts of a share, which carry its interval; null for a plain number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Proportion? Share { get; init; }

    /// <summary>A share with its counts.</summary>
    public static Measure Of(string name, Proportion share) => new(name, share.Value) { Share = share };

    /// <summary>Name and value.</summary>
    public override string ToString() =>
        Share is { } share ? $"{Name} {share}" : string.Create(CultureInfo.InvariantCulture, $"{Name} {Value:g6}");
}
