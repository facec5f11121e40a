using System.Globalization;
using System.Text.Json.Serialization;
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

    /// <summary>Ended by the pruner at a rung: what it reported by then is known, an outcome there is none.</summary>
    Pruned,
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

    /// <summary>True where it was given and not proposed (<see cref="KnownTrial"/>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsGiven { get; init; }

    /// <summary>The state of the trial.</summary>
    public TrialState State { get; init; }

    /// <summary>The measures and verdicts of a completed trial; null for others.</summary>
    public TrialOutcome? Outcome { get; init; }

    /// <summary>Its reports, in the order of the log.</summary>
    public ValueList<TrialReport> Reports { get; init; } = [];

    /// <summary>Why it failed; null unless failed.</summary>
    public string? FailureReason { get; init; }

    /// <summary>Why the pruner ended it; null unless pruned.</summary>
    public string? PruningReason { get; init; }

    /// <summary>The last rung from which the pruner let it go on; null before the first.</summary>
    public int? PromotedFrom { get; init; }

    /// <summary>The rung at which it stands until the others of its batch do; null while it does not.</summary>
    public int? PausedAt { get; init; }

    /// <summary>The number of its claims; 0 for one that was never begun.</summary>
    public int Attempts { get; init; }

    /// <summary>The worker that claimed it last; null for one that was never begun.</summary>
    public string? Worker { get; init; }

    /// <summary>True while a worker holds it.</summary>
    public bool IsHeld { get; init; }

    /// <summary>The number of its attempts that failed and were to be repeated.</summary>
    public int Failures { get; init; }

    /// <summary>The number of its attempts that lost their worker since it last reported.</summary>
    public int Losses { get; init; }

    /// <summary>When it was asked, UTC.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>When it was claimed last, UTC; null for one that waits.</summary>
    public DateTimeOffset? Claimed { get; init; }

    /// <summary>When it was told, UTC; null while pending.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Seconds from the last claim to the end; null while pending.</summary>
    public double? Seconds => Finished is { } end && Claimed is { } begin ? (end - begin).TotalSeconds : null;

    /// <summary>The report of a step, or null.</summary>
    public TrialReport? Find(int step) => Reports.FirstOrDefault(report => report.Step == step);

    /// <summary>The value of a measure of a completed trial; null where it has none of this name.</summary>
    public double? Measured(string name) => Outcome?.Find(name)?.Value;

    /// <summary>The record without times, workers and attempts: the part that is the same however often a study was interrupted.</summary>
    public TrialRecord WithoutTimes() => this with
    {
        Attempts = 0,
        Worker = null,
        IsHeld = false,
        Failures = 0,
        Losses = 0,
        PausedAt = null,
        Started = default,
        Claimed = null,
        Finished = null,
    };

    /// <summary>Number, values and what became of it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"trial {Number} ({Quantity.First([.. Values.Select(value => value.ToString())], 6)}): ") + State switch
        {
            TrialState.Completed => $"{Outcome}",
            TrialState.Failed => $"failed: {FailureReason}",
            TrialState.Pruned => $"pruned: {PruningReason}",
            _ => "pending",
        };
}
