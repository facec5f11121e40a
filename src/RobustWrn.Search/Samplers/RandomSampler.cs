using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Uniform over the kept points that were not tried yet (random search: Bergstra and Bengio, JMLR 2012, without repetition).
/// </summary>
public sealed record RandomSampler : ISampler
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "random";

    // Enough that a space of which one point in ten is left needs a list once in 37,000 trials.
    private const int TriesBeforeListing = 100;

    /// <summary>
    /// The number of points it draws before it gives up on a space too large to list (more than <see cref="SpaceShape.EnumerationLimit"/>
    /// points). Default 100,000: finds one kept point in 20,000 with 99 % probability.
    /// </summary>
    public int Tries { get; init; } = 100_000;

    /// <inheritdoc/>
    public bool DependsOnSeed => true;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.Positive(Tries, most: 1_000_000_000);

    /// <inheritdoc/>
    public Proposal Propose(SamplerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        SpaceShape space = context.Space;
        if (space.Points.IsZero)
            return Proposal.Exhausted;
        IReadOnlySet<ValueList<int>> tried = context.Proposed();
        RandomSequence draws = context.Trial.Sequence();
        bool listed = space.Points <= SpaceShape.EnumerationLimit;
        for (int i = 0; i < (listed ? TriesBeforeListing : Tries); i++)
        {
            ValueList<int> point = space.Draw(draws);
            if (!tried.Contains(point) && space.Keeps(point))
                return Proposal.Of(point);
        }
        if (!listed)
            return Proposal.None(string.Create(CultureInfo.InvariantCulture, $"{Tries:N0} random points of {space.Points:N0} were tried before or are rejected by the filters. Narrow the dimensions, or raise RandomSampler.Tries."));
        ValueList<int>[] left = [.. space.Grid().Where(point => !tried.Contains(point) && space.Keeps(point))];
        return left.Length == 0 ? Proposal.Exhausted : Proposal.Of(left[draws.NextInt(left.Length)]);
    }
}
