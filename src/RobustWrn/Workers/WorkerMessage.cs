using System.Text.Json;
using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>A line that a worker writes to its controller.</summary>
internal sealed record WorkerMessage
{
    /// <summary>The line by which a controller tells a worker to stop.</summary>
    public const string Stop = "stop";

    // A training that diverges has losses that are no numbers.
    private static readonly JsonSerializerOptions Lines = new(DescriptionJson.Options)
    {
        WriteIndented = false,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>How far it is.</summary>
    public ExperimentProgress? Progress { get; init; }

    /// <summary>True where there is nothing more to do.</summary>
    public bool HasEnded { get; init; }

    /// <summary>Why it ends otherwise.</summary>
    public string? Failure { get; init; }

    /// <summary>True where something was told or reported that no later attempt does again.</summary>
    [JsonIgnore]
    public bool IsStep => Progress is { Finished: not null } or { Training.Finished: not null };

    public static WorkerMessage? Read(string line) => JsonSerializer.Deserialize<WorkerMessage>(line, Lines);

    public string Line() => JsonSerializer.Serialize(this, Lines);
}
