using System.Globalization;

namespace RobustWrn.Search;

/// <summary>The pruner ended a trial at a rung.</summary>
public sealed record TrialPruned : StudyFact
{
    /// <summary>The rung, such as the epoch.</summary>
    public required int Step { get; init; }

    /// <summary>Why, for people.</summary>
    public required string Reason { get; init; }

    internal override int? ClaimsBefore => null;

    /// <summary>The trial, the rung and the reason.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"trial {Trial} pruned at step {Step}: {Reason}");
}
