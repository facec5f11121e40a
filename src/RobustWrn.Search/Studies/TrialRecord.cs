using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The state of a trial.</summary>
public enum TrialState
{
    /// <summary>Asked and not told: waiting, running, or interrupted.</summary>
    Pending,

    /// <summary>Told with an outcome.</summary>
    Completed,

    /// <summary>Told as failed.</summary>
    Failed,
}

/// <summary>A trial as the log of its study knows it.</summary>
public sealed record TrialRecord
{
    /// <summary>The trial's number, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>The point: one value index per dimension.</summary>
    public required ValueList<int> Point { get; init; }

    /// <summary>The values at the point.</summary>
    public required ValueList<DimensionValue> Values { get; init; }

    /// <summary>The specification as canonical JSON.</summary>
    public required string Spec { get; init; }

    /// <summary>SHA-256 of <see cref="Spec"/>, in lower-case hexadecimal.</summary>
    public required string SpecFingerprint { get; init; }

    /// <summary>The network's identity in its space (<see cref="SpaceShape.IdentityOf"/>).</summary>
    public required string Identity { get; init; }

    /// <summary>The state of the trial.</summary>
    public TrialState State { get; init; }

    /// <summary>The measures and verdicts of a completed trial; null for others.</summary>
    public TrialOutcome? Outcome { get; init; }

    /// <summary>Its reports, in the order of the log.</summary>
    public ValueList<TrialReport> Reports { get; init; } = [];

    /// <summary>Why it failed; null unless failed.</summary>
    public string? FailureReason { get; init; }

    /// <summary>The number of its claims; 0 for one that waits.</summary>
    public int Attempts { get; init; }

    /// <summary>The worker that claimed it last; null for one that waits.</summary>
    public string? Worker { get; init; }

    /// <summary>When it was asked, UTC.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>When it was claimed last, UTC; null for one that waits.</summary>
    public DateTimeOffset? Claimed { get; init; }

    /// <summary>When it was told, UTC; null while pending.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Seconds from the last claim to the end; null while pending.</summary>
    public double? Seconds => Finished is { } end && Claimed is { } begin ? (end - begin).TotalSeconds : null;

    /// <summary>The value of a measure of a completed trial; null where it has none of this name.</summary>
    public double? Measured(string name) => Outcome?.Find(name)?.Value;

    /// <summary>The record without times, workers and attempts: the part that is the same however often a study was interrupted.</summary>
    public TrialRecord WithoutTimes() => this with { Attempts = 0, Worker = null, Started = default, Claimed = null, Finished = null };

    /// <summary>Number, values and what became of it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"trial {Number} ({Quantity.First([.. Values.Select(value => value.ToString())], 6)}): ")
        + (State == TrialState.Completed ? $"{Outcome}" : State == TrialState.Failed ? $"failed: {FailureReason}" : "pending");
}
