using System.Globalization;
using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A network is to be tried.</summary>
public sealed record TrialAsked : StudyFact
{
    /// <summary>The point: one value index per dimension.</summary>
    public required ValueList<int> Point { get; init; }

    /// <summary>The values at the point.</summary>
    public required ValueList<DimensionValue> Values { get; init; }

    /// <summary>The specification as canonical JSON.</summary>
    [JsonConverter(typeof(JsonTextConverter))]
    public required string Spec { get; init; }

    /// <summary>SHA-256 of <see cref="Spec"/>, in lower-case hexadecimal.</summary>
    public required string SpecFingerprint { get; init; }

    /// <summary>The network's identity in its space (<see cref="SpaceShape.IdentityOf"/>): no other trial of the study has it.</summary>
    public required string Identity { get; init; }

    /// <summary>True where the trial was given and not proposed (<see cref="KnownTrial"/>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsGiven { get; init; }

    /// <summary>The outcome of a network that was measured elsewhere: with it the trial has ended at once. Null for all others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TrialOutcome? Outcome { get; init; }

    internal override int? ClaimsBefore => 0;

    /// <summary>The trial and its values.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"trial {Trial} asked: {Values}");
}
