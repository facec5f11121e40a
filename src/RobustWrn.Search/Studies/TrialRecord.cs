using System.Globalization;
using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The state of a trial.</summary>
public enum TrialState
{
    /// <summary>Asked and not told: running, or interrupted.</summary>
    Pending,

    /// <summary>Told with a score.</summary>
    Completed,

    /// <summary>Told as failed.</summary>
    Failed,
}

/// <summary>A trial as a study keeps it.</summary>
public sealed record TrialRecord
{
    /// <summary>The trial's number, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>The point: one value index per dimension.</summary>
    public required ValueList<int> Point { get; init; }

    /// <summary>The values at the point.</summary>
    public required ValueList<DimensionValue> Values { get; init; }

    /// <summary>The specification as canonical JSON.</summary>
    [JsonConverter(typeof(JsonTextConverter))]
    public required string Spec { get; init; }

    /// <summary>SHA-256 of <see cref="Spec"/>, in lower-case hexadecimal.</summary>
    public required string SpecFingerprint { get; init; }

    /// <summary>The state of the trial.</summary>
    public required TrialState State { get; init; }

    /// <summary>The number that is maximised; null unless completed.</summary>
    public Proportion? Score { get; init; }

    /// <summary>Further numbers of a completed trial.</summary>
    public ValueList<Measure> Measures { get; init; } = [];

    /// <summary>Why it failed; null unless failed.</summary>
    public string? FailureReason { get; init; }

    /// <summary>When it was first asked, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it was told, UTC; null while pending.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Seconds from the last time it was asked to the time it was told; null while pending.</summary>
    public double? Seconds { get; init; }

    /// <summary>The part of it that samplers may know: nothing that differs between runs.</summary>
    public Observation Observed() =>
        new(Number, Point, SpecFingerprint, State) { Values = Score is { } score && State == TrialState.Completed ? [score.Value] : [] };

    /// <summary>Number, values and what became of it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"trial {Number} ({Quantity.First([.. Values.Select(value => value.ToString())], 6)}): ")
        + (State == TrialState.Completed ? $"score {Score}" : State == TrialState.Failed ? $"failed: {FailureReason}" : "pending");
}
