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

    /// <summary>SHA-256 over all of it, in lower-case hexadecimal: what a stored trial belongs to.</summary>
    [JsonIgnore]
    public string Fingerprint => DescriptionJson.Fingerprint($"{SpaceFingerprint}\n{Sampler}\n{Seed.Value}");

    /// <summary>The fingerprint of the space, and the seed.</summary>
    public override string ToString() => $"study of the space {SpaceFingerprint[..Math.Min(12, SpaceFingerprint.Length)]}, seed {Seed}";
}
