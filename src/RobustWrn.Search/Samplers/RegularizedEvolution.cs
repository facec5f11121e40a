using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Regularised evolution (Real et al. 2019, arXiv 1802.01548): the best of a few trials drawn from the youngest ones, mutated in one
/// dimension; what is old dies, however good. With several objectives the best is the one that NSGA-II prefers.
/// </summary>
public sealed record RegularizedEvolution : ISampler
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "regularized-evolution";

    /// <summary>
    /// The number of the youngest told trials that live, and of those drawn at random first. Default 100 (Real et al. 2019).
    /// </summary>
    public int Population { get; init; } = 100;

    /// <summary>The number of them drawn, with repetition, for the best to be a parent. Default 25 (Real et al. 2019).</summary>
    public int Tournament { get; init; } = 25;

    /// <inheritdoc/>
    public bool DependsOnSeed => true;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Population), .. Rule.Positive(Tournament)];

    /// <inheritdoc/>
    public Proposal Propose(SamplerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        UntriedPoints untried = new(context);
        RandomSequence draws = context.Trial.Sequence();
        if (context.Told.Count == 0 || context.Number < Population)
            return untried.Draw(draws);
        Observation[] alive = [.. context.Told.TakeLast(Population)];
        Variation variation = new(context.Space, draws);
        return untried.FirstOf(
            () =>
            {
                Observation[] drawn = [.. Enumerable.Range(0, Tournament).Select(_ => alive[draws.NextInt(alive.Length)]).Distinct()];
                return variation.Mutated(NonDominatedSorting.Best(drawn, 1)[0].Point);
            },
            draws);
    }
}
