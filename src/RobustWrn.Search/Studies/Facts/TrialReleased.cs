using System.Globalization;
using System.Text.Json.Serialization;

namespace RobustWrn.Search;

/// <summary>A trial is let go before it ended, and waits for a worker again.</summary>
public sealed record TrialReleased : AttemptFact
{
    /// <summary>The cause.</summary>
    public required ReleaseCause Cause { get; init; }

    /// <summary>The rung at which a paused trial stands; null for other causes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Step { get; init; }

    /// <summary>The reason, for people.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The trial, the attempt and the cause.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"trial {Trial} let go by attempt {Attempt}, {Cause.ToString().ToLowerInvariant()}{(Reason.Length > 0 ? $": {Reason}" : "")}");
}
