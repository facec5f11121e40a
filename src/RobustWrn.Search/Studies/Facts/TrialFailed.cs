using System.Globalization;

namespace RobustWrn.Search;

/// <summary>A trial ended without an outcome. It is not tried again.</summary>
public sealed record TrialFailed : AttemptFact
{
    /// <summary>Why, for people.</summary>
    public required string Reason { get; init; }

    /// <summary>The trial and the reason.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"trial {Trial} failed: {Reason}");
}
