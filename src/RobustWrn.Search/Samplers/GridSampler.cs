using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Every kept point once, in lexicographic order (the last dimension changes fastest) or in an order drawn from the seed.
/// </summary>
public sealed record GridSampler : ISampler
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "grid";

    /// <summary>
    /// Draws the order from the seed, so that a study stopped early has seen all parts of the grid. Needs a grid of at most
    /// <see cref="SpaceShape.EnumerationLimit"/> points. Default false.
    /// </summary>
    public bool Shuffled { get; init; }

    /// <summary>The number of rejected points in a row that it passes before it gives up. Default 1,000,000: seconds.</summary>
    public int Tries { get; init; } = 1_000_000;

    /// <inheritdoc/>
    public bool DependsOnSeed => Shuffled;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.Positive(Tries, most: 1_000_000_000);

    /// <inheritdoc/>
    public Proposal Propose(SamplerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        SpaceShape space = context.Space;
        if (Shuffled && space.Points > SpaceShape.EnumerationLimit)
            return Proposal.None(string.Create(CultureInfo.InvariantCulture,
                $"a shuffled grid must have at most {SpaceShape.EnumerationLimit:N0} points, got {space.Points:N0}. "
                + $"Use RandomSampler, which does not repeat either."));
        UntriedPoints untried = new(context);
        int passed = 0;
        foreach (ValueList<int> point in Shuffled ? InDrawnOrder(context) : space.Grid(after: Last(context)))
        {
            if (untried.IsTried(point))
                continue;
            if (untried.Contains(point))
                return Proposal.Of(point);
            if (++passed == Tries)
                return Proposal.None(string.Create(CultureInfo.InvariantCulture,
                    $"{Tries:N0} points of the grid in a row are rejected by the filters. Narrow the dimensions, or raise GridSampler.Tries."));
        }
        return Proposal.Exhausted;
    }

    // The trials before are this sampler's own, so the grid is done up to the last of them.
    private static ValueList<int>? Last(SamplerContext context) => context.History.Count == 0 ? null : context.History[^1].Point;

    private static IEnumerable<ValueList<int>> InDrawnOrder(SamplerContext context)
    {
        ValueList<int>[] grid = [.. context.Space.Grid()];
        return context.Study.For("grid order").Permutation(grid.Length).Select(i => grid[i]);
    }
}
