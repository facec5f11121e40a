using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Trains every trial to the end.</summary>
public sealed record NoPruner : IPruner
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "none";

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public ValueList<int> Rungs(TrainingLadder ladder)
    {
        ladder.ThrowIfInvalid();
        return [];
    }

    /// <inheritdoc/>
    public PruningDecision Decide(PrunerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Ladder.ThrowIfInvalid();
        return PruningDecision.GoOn;
    }
}
