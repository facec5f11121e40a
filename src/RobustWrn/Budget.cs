using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>When a search ends: after a number of trials, or after a time, whichever comes first.</summary>
public sealed record Budget : IDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "budget";

    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(36_500);

    /// <summary>The most trials.</summary>
    [JsonPropertyName("maximalTrials")]
    public int MaxTrials { get; init; } = 20;

    /// <summary>
    /// The most time that the trainings of baselines and trials may take together, over all sessions of a resumed run; null for no limit.
    /// None is cut short. With a limit, how many trials run depends on the machine, and so does the result: it needs
    /// <see cref="RobustExperiment.FreeRunning"/>.
    /// </summary>
    [JsonPropertyName("maximalTime")]
    public TimeSpan? MaxTime { get; init; }

    /// <summary>
    /// So many trials that fail one after another end the search: then it is hardly the networks. Default 5.
    /// </summary>
    public int MaxFailuresInARow { get; init; } = 5;

    internal bool IsSpentBy(double seconds) => MaxTime is { } limit && seconds >= limit.TotalSeconds;

    /// <summary>At most a number of trials.</summary>
    public static Budget Trials(int trials) => new() { MaxTrials = trials };

    /// <summary>The same, or when the trainings together have taken some time.</summary>
    public Budget OrAfter(TimeSpan time) => this with { MaxTime = time };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(MaxTrials),
        .. Rule.Positive(MaxFailuresInARow),
        .. Rule.Holds(MaxTime is null || MaxTime > TimeSpan.Zero, nameof(MaxTime), $"must be above zero, got {MaxTime}."),
        .. Rule.Holds(MaxTime is null || MaxTime <= LongestTime, nameof(MaxTime),
            $"must be at most {LongestTime.Days} days, got {MaxTime}."),
    ];
}
