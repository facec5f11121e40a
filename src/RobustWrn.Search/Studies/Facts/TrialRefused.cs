using System.Globalization;

namespace RobustWrn.Search;

/// <summary>The late report or outcome of an attempt that no longer held its trial: kept for people, believed by nobody.</summary>
public sealed record TrialRefused : StudyFact
{
    /// <summary>The attempt that came too late.</summary>
    public required int Attempt { get; init; }

    /// <summary>The report or outcome that was refused, as text.</summary>
    public required string Refused { get; init; }

    internal override int? ClaimsBefore => null;

    /// <summary>The trial, the attempt and what was refused.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"trial {Trial}: attempt {Attempt} no longer held it and was refused ({Refused})");
}
