namespace RobustWrn.Search;

/// <summary>The answer to a report: what a trial is to do next.</summary>
public enum RungDecision
{
    /// <summary>It goes on.</summary>
    GoOn,

    /// <summary>
    /// It stands at a rung until the others of its batch do: keep what it needs to go on, call <see cref="Study{TSpec}.Pause"/>, and ask
    /// for another trial meanwhile.
    /// </summary>
    Pause,

    /// <summary>The pruner ended it; nothing more is told of it.</summary>
    Stop,
}
