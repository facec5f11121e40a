using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Ends trials on their way that need not be trained to the end. What it decides depends only on the context, never on the clock, on
/// calls before or on the order in which trials are listed, so that a resumed study decides as an uninterrupted one does.
/// </summary>
/// <remarks>
/// In the deterministic mode of a study a rung is decided when every trial of the batch stands there or has ended: all of them see the
/// same curves, those of earlier batches in full and those of their own batch up to the rung. In a free-running study each trial is
/// decided as soon as it stands at a rung, on what was reported by then. A pruner is right in both.
/// </remarks>
public interface IPruner : IDescription
{
    /// <summary>The steps after which it wants to decide: ascending, from 1, all below the last one.</summary>
    /// <param name="ladder">The steps of every trial of the study.</param>
    /// <exception cref="InvalidDescriptionException">The pruner or the ladder has problems.</exception>
    ValueList<int> Rungs(TrainingLadder ladder);

    /// <summary>Lets a trial that stands at a rung go on, or ends it.</summary>
    /// <param name="context">The rung, the trial and the curves of others.</param>
    /// <exception cref="InvalidDescriptionException">The pruner or the ladder has problems.</exception>
    PruningDecision Decide(PrunerContext context);
}
