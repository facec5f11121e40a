using System.Globalization;

namespace RobustWrn.Search;

/// <summary>A worker begins with a trial, or goes on where another was stopped.</summary>
public sealed record TrialClaimed : StudyFact
{
    /// <summary>
    /// The number of the attempt, from 1: only the newest attempt may report and tell, so that a worker that was given up cannot write over
    /// its successor (a fencing token).
    /// </summary>
    public required int Attempt { get; init; }

    /// <summary>The worker's name; each opening of a study is one.</summary>
    public required string Worker { get; init; }

    internal override int? ClaimsBefore => Attempt - 1;

    /// <summary>The trial and the attempt.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"trial {Trial} claimed, attempt {Attempt}, by {Worker}");
}
