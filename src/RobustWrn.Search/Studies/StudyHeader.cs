using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The identity of a study: with another header it would be another study.</summary>
public sealed record StudyHeader
{
    /// <summary>The header of a study that is to be opened.</summary>
    internal static StudyHeader Of<TSpec>(SearchSpace<TSpec> space, ISampler sampler, Seed seed, StudyOptions options)
        where TSpec : INetworkSpec => new()
        {
            Space = space.Canonical,
            SpaceFingerprint = space.Fingerprint,
            Sampler = DescriptionJson.Canonical(sampler),
            Seed = seed,
            Width = options.Width,
            Objectives = options.Objectives,
            Constraints = options.Constraints,
            Pruning = options.Pruner is null ? null
                : new StudyPruning { Pruner = DescriptionJson.Canonical(options.Pruner), Ladder = options.Ladder },
        };

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

    /// <summary>The pruner and its ladder; null where no trial is pruned.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StudyPruning? Pruning { get; init; }

    /// <summary>SHA-256 over all of it, in lower-case hexadecimal: what a stored fact belongs to.</summary>
    [JsonIgnore]
    public string Fingerprint => DescriptionJson.Fingerprint(string.Join('\n', SpaceFingerprint, Sampler, Seed.Value, Width,
        HeaderText.Of(Objectives), HeaderText.Of(Constraints)) + (Pruning is null ? "" : $"\n{HeaderText.Of<StudyPruning>([Pruning])}"));

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

    /// <summary>A trial as pruners see it: the reports that measured all objectives.</summary>
    /// <param name="trial">A trial of the study.</param>
    public TrialCurve CurveOf(TrialRecord trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        return new TrialCurve(trial.Number, trial.State,
        [
            .. trial.Reports.Where(report => Objectives.All(objective => report.Find(objective.Name) is not null))
                .Select(report => new CurvePoint(report.Step,
                    [.. Objectives.Select(objective => objective.Signed(report.Find(objective.Name)!.Value))])),
        ])
        {
            Final = Observed(trial).Values,
        };
    }

    /// <summary>The fingerprint of the space, and the seed.</summary>
    public override string ToString() => $"study of the space {SpaceFingerprint[..Math.Min(12, SpaceFingerprint.Length)]}, seed {Seed}";
}
