using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Asynchronous successive halving (Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning", Algorithm 2): at each rung
/// goes on who is among the best share of all that came there. With several objectives the order is that of fronts and crowding.
/// </summary>
/// <remarks>
/// Trials are ended rather than paused, so one that is ended is not promoted later; of fewer than <see cref="Reduction"/> trials at a rung
/// the best goes on. It believes that ranks at a rung are ranks in the end.
/// </remarks>
public sealed record AsynchronousSuccessiveHalving : IPruner
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "asynchronous-halving";

    /// <summary>
    /// One in so many goes on, and each rung is so many times as far as the one before. Default 3 (Li et al. 2018, section 2.6, advise 3
    /// or 4; at e the bound is best).
    /// </summary>
    public int Reduction { get; init; } = 3;

    /// <summary>The number of rungs. Default 3, so that the first is after a 27th of the steps.</summary>
    public int Halvings { get; init; } = 3;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Between(Reduction, 2, 1_000), .. Rule.Between(Halvings, 1, 20)];

    /// <inheritdoc/>
    public ValueList<int> Rungs(TrainingLadder ladder)
    {
        this.ThrowIfInvalid();
        ladder.ThrowIfInvalid();
        return HalvingRungs.Of(ladder.LastStep, Reduction, Halvings);
    }

    /// <inheritdoc/>
    public PruningDecision Decide(PrunerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Rungs(context.Ladder).Contains(context.Rung)
            ? HalvingRungs.Decide(context, context.Others, Reduction)
            : PruningDecision.GoOn;
    }
}
