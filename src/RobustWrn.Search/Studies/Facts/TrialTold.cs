using System.Globalization;

namespace RobustWrn.Search;

/// <summary>A trial ended with an outcome.</summary>
public sealed record TrialTold : AttemptFact
{
    /// <summary>The outcome.</summary>
    public required TrialOutcome Outcome { get; init; }

    /// <summary>The trial and the outcome.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"trial {Trial} told: {Outcome}");
}
