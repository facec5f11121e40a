using System.Globalization;

namespace RobustWrn.Search;

/// <summary>A trial ended with an outcome.</summary>
public sealed record TrialTold : StudyFact
{
    /// <summary>The attempt that tells.</summary>
    public required int Attempt { get; init; }

    /// <summary>The outcome.</summary>
    public required TrialOutcome Outcome { get; init; }

    internal override int ClaimsBefore => Attempt;

    /// <summary>The trial and the outcome.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"trial {Trial} told: {Outcome}");
}
