namespace RobustWrn.Search;

/// <summary>The answer of a pruner: go on, or stop and the reason.</summary>
public sealed record PruningDecision
{
    private PruningDecision()
    {
    }

    /// <summary>The trial is trained on.</summary>
    public static PruningDecision GoOn { get; } = new();

    /// <summary>Why the trial ends here: the rung, its value and what that was compared with. Null when it goes on.</summary>
    public string? Reason { get; private init; }

    /// <summary>Says that the trial ends here.</summary>
    public bool Stops => Reason is not null;

    /// <summary>The trial ends here.</summary>
    /// <param name="reason">The end of a sentence for the user: <c>"at step 10 ..."</c>.</param>
    /// <exception cref="ArgumentException">The reason says nothing.</exception>
    public static PruningDecision Stop(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new() { Reason = reason };
    }

    /// <summary>"go on", or the reason.</summary>
    public override string ToString() => Reason is null ? "go on" : $"stop: {Reason}";
}
