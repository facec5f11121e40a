using System.Globalization;

namespace RobustWrn.Search;

/// <summary>A trial ended without an outcome. It is not tried again.</summary>
public sealed record TrialFailed : StudyFact
{
    /// <summary>The attempt that failed.</summary>
    public required int Attempt { get; init; }

    /// <summary>Why, for people.</summary>
    public required string Reason { get; init; }

    internal override int ClaimsBefore => Attempt;

    /// <summary>The trial and the reason.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"trial {Trial} failed: {Reason}");
}
