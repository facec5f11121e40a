using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// NSGA-II (Deb et al. 2002): generations of children, crossed and mutated, of parents that won a tournament by front and crowding. The
/// parents of a generation are the best of all trials told before it.
/// </summary>
public sealed record NonDominatedSortingEvolution : ISampler
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "nsga-ii";

    /// <summary>The number of trials of a generation. Default 20; Deb et al. 2002 take 100, for budgets of 25,000 trials.</summary>
    public int Population { get; init; } = 20;

    /// <summary>The probability that a child has two parents. Default 0.9 (Deb et al. 2002).</summary>
    public double Crossover { get; init; } = 0.9;

    /// <inheritdoc/>
    public bool DependsOnSeed => true;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Population), .. Rule.InClosed(Crossover, 0, 1)];

    /// <inheritdoc/>
    public Proposal Propose(SamplerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        UntriedPoints untried = new(context);
        RandomSequence draws = context.Trial.Sequence();
        int born = context.Number / Population * Population;
        IReadOnlyList<Observation> parents = NonDominatedSorting.Best([.. context.Told.Where(trial => trial.Number < born)], Population);
        if (parents.Count == 0)
            return untried.Draw(draws);
        Variation variation = new(context.Space, draws);
        double mutation = 1.0 / Math.Max(1, context.Space.Sizes.Count(size => size > 1));
        return untried.FirstOf(
            () =>
            {
                ValueList<int> child = Winner();
                if (draws.NextDouble() < Crossover)
                    child = variation.Crossed(child, Winner());
                return variation.Mutated(child, mutation);
            },
            draws);

        // They stand in their order, so the earlier one of two wins.
        ValueList<int> Winner() => parents[(int)Math.Min(draws.NextInt(parents.Count), draws.NextInt(parents.Count))].Point;
    }
}
