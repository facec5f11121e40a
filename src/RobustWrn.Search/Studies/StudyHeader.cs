using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The identity of a study: with another header it would be another study.</summary>
public sealed record StudyHeader
{
    /// <summary>The search space as canonical JSON.</summary>
    [JsonConverter(typeof(JsonTextConverter))]
    public required string Space { get; init; }

    /// <summary>The fingerprint of the space.</summary>
    public required string SpaceFingerprint { get; init; }

    /// <summary>The sampler as canonical JSON.</summary>
    [JsonConverter(typeof(JsonTextConverter))]
    public required string Sampler { get; init; }

    /// <summary>The seed.</summary>
    public required Seed Seed { get; init; }

    /// <summary>
    /// The number of trials of a batch, which are proposed from what came of the batches before; null in a free-running study.
    /// </summary>
    public int? Width { get; init; }

    /// <summary>The objectives.</summary>
    public ValueList<StudyObjective> Objectives { get; init; } = [StudyObjective.Score];

    /// <summary>The limits of good trials.</summary>
    public ValueList<StudyConstraint> Constraints { get; init; } = [];

    /// <summary>SHA-256 over all of it, in lower-case hexadecimal: what a stored fact belongs to.</summary>
    [JsonIgnore]
    public string Fingerprint => DescriptionJson.Fingerprint(string.Join('\n', SpaceFingerprint, Sampler, Seed.Value, Width,
        HeaderText.Of(Objectives), HeaderText.Of(Constraints)));

    /// <summary>The part of a trial that samplers may know: nothing that differs between runs.</summary>
    /// <param name="trial">A trial of the study.</param>
    public Observation Observed(TrialRecord trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        Observation observed = new(trial.Number, trial.Point, trial.Identity, trial.State);
        return trial.Outcome is not { } outcome ? observed : observed with
        {
            Values = Objectives.Select(objective => objective.Signed(outcome.Find(objective.Name)!.Value)).ToValueList(),
            Excesses = Constraints.Select(constraint => constraint.Excess(outcome.Find(constraint.Name)!.Value)).ToValueList(),
        };
    }

    /// <summary>The fingerprint of the space, and the seed.</summary>
    public override string ToString() => $"study of the space {SpaceFingerprint[..Math.Min(12, SpaceFingerprint.Length)]}, seed {Seed}";
}
