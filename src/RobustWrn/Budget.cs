using RobustWrn.Core;

namespace RobustWrn;

/// <summary>When a search ends: after a number of trials, or after a time, whichever comes first.</summary>
public sealed record Budget : IDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "budget";

    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(36_500);

    /// <summary>How many trials at most.</summary>
    public int MaximalTrials { get; init; } = 20;

    /// <summary>
    /// How long trials may take together, over all sessions of a resumed run; null for no limit. No trial is cut short. With a limit, how many trials run
    /// depends on the machine, and so does the result.
    /// </summary>
    public TimeSpan? MaximalTime { get; init; }

    /// <summary>At most a number of trials.</summary>
    public static Budget Trials(int trials) => new() { MaximalTrials = trials };

    /// <summary>The same, or when the trials together have taken some time.</summary>
    public Budget OrAfter(TimeSpan time) => this with { MaximalTime = time };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(MaximalTrials),
        .. Rule.Holds(MaximalTime is null || MaximalTime > TimeSpan.Zero, nameof(MaximalTime), $"must be above zero, got {MaximalTime}."),
        .. Rule.Holds(MaximalTime is null || MaximalTime <= LongestTime, nameof(MaximalTime),
            $"must be at most {LongestTime.Days} days, got {MaximalTime}."),
    ];
}
