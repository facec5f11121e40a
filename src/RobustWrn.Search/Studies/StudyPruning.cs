using System.Text.Json.Serialization;

namespace RobustWrn.Search;

/// <summary>The pruner of a study and its ladder: part of its identity.</summary>
public sealed record StudyPruning
{
    /// <summary>The pruner as canonical JSON.</summary>
    [JsonConverter(typeof(JsonTextConverter))]
    public required string Pruner { get; init; }

    /// <summary>The steps of a trial.</summary>
    public required TrainingLadder Ladder { get; init; }

    /// <summary>The pruner and the ladder.</summary>
    public override string ToString() => $"{Pruner}, {Ladder}";
}
