using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Uniform over the kept points that were not tried yet (random search: Bergstra and Bengio, JMLR 2012, without repetition).
/// </summary>
public sealed record RandomSampler : ISampler
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "random";

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
        return new UntriedPoints(context).Draw(context.Trial.Sequence(), Tries, "Narrow the dimensions, or raise RandomSampler.Tries.");
    }
}
