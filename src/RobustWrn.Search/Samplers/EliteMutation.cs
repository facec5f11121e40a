using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// One of the best trials so far, mutated: a (mu + 1) evolution strategy, in which nothing good dies (Beyer and Schwefel 2002). With
/// several
/// objectives the best are those that NSGA-II prefers.
/// </summary>
public sealed record EliteMutation : ISampler
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "elite-mutation";

    // Where so many neighbours are known, two steps away lies something new.
    private const int NearestTries = 50;

    /// <summary>The number of the best trials that may be parents (mu). Default 10: of the order that evolution strategies use.</summary>
    public int Parents { get; init; } = 10;

    /// <summary>The number of trials drawn at random first. Default 20, twice the parents.</summary>
    public int FirstTrials { get; init; } = 20;

    /// <inheritdoc/>
    public bool DependsOnSeed => true;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Parents), .. Rule.Positive(FirstTrials)];

    /// <inheritdoc/>
    public Proposal Propose(SamplerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        UntriedPoints untried = new(context);
        RandomSequence draws = context.Trial.Sequence();
        if (context.Told.Count == 0 || context.Number < FirstTrials)
            return untried.Draw(draws);
        IReadOnlyList<Observation> parents = NonDominatedSorting.Best(context.Told, Parents);
        Variation variation = new(context.Space, draws);
        int made = 0;
        return untried.FirstOf(
            () =>
            {
                ValueList<int> child = variation.Mutated(parents[(int)draws.NextInt(parents.Count)].Point);
                return made++ < NearestTries ? child : variation.Mutated(child);
            },
            draws);
    }
}
