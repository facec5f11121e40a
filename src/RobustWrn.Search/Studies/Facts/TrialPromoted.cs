using System.Globalization;

namespace RobustWrn.Search;

/// <summary>The pruner let a trial go on from a rung.</summary>
public sealed record TrialPromoted : StudyFact
{
    /// <summary>The rung, such as the epoch.</summary>
    public required int Step { get; init; }

    internal override int? ClaimsBefore => null;

    /// <summary>The trial and the rung.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"trial {Trial} goes on from step {Step}");
}
