using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Points that fill the space more evenly than random ones (Sobol 1967), moved by a random digital shift. Points that were tried or that
/// the
/// space does not keep are passed over.
/// </summary>
/// <remarks>Dimensions beyond the 32 for which direction numbers are listed are drawn at random.</remarks>
public sealed record SobolSampler : ISampler
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "sobol";

    /// <summary>The number of points in a row that it passes over before it draws at random. Default 10,000.</summary>
    public int Tries { get; init; } = 10_000;

    /// <inheritdoc/>
    public bool DependsOnSeed => true;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.Positive(Tries);

    /// <inheritdoc/>
    public Proposal Propose(SamplerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        SpaceShape space = context.Space;
        UntriedPoints untried = new(context);
        RandomSequence draws = context.Study.For("digital shift").Sequence();
        uint[] shift = [.. space.Sizes.Select(_ => draws.NextUInt32())];
        RandomSequence more = context.Trial.Sequence();
        if (!space.Points.IsZero)
        {
            // Every trial before took at least one point of the sequence.
            for (uint index = (uint)context.Number; index < context.Number + (long)Tries; index++)
            {
                ValueList<int> point = space.Canonical(space.Sizes.Select((size, d) => d < SobolDirections.Dimensions
                    ? (int)(((ulong)(SobolDirections.At(d, index) ^ shift[d]) * (ulong)size) >> 32)
                    : (int)more.NextInt(size)).ToValueList());
                if (untried.Contains(point))
                    return Proposal.Of(point);
            }
        }
        return untried.Draw(more);
    }
}
