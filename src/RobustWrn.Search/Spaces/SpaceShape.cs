using System.Numerics;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// A search space as samplers see it: the number of values of each dimension, and the points that are kept.
/// A point is one value index per dimension.
/// </summary>
public sealed class SpaceShape
{
    /// <summary>
    /// The most points that samplers and checks look at in one go. Larger spaces are sampled. 100,000 wide residual networks take a few
    /// seconds.
    /// </summary>
    public const int EnumerationLimit = 100_000;

    private readonly Func<ValueList<int>, bool> _keeps;
    private readonly Func<ValueList<int>, string>? _identity;

    /// <summary>Creates a shape.</summary>
    /// <param name="sizes">Values per dimension.</param>
    /// <param name="keeps">Whether a point is kept; null keeps all.</param>
    /// <param name="kinds">What may be assumed of the values of each dimension; null: all are categories.</param>
    /// <param name="identity">A text that kept points of equal networks share; null: every point is a network of its own.</param>
    /// <exception cref="ArgumentException">There is not one kind for each dimension.</exception>
    public SpaceShape(
        ValueList<int> sizes,
        Func<ValueList<int>, bool>? keeps = null,
        ValueList<DimensionKind>? kinds = null,
        Func<ValueList<int>, string>? identity = null)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        foreach (int size in sizes)
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(sizes));
        Sizes = sizes;
        Points = sizes.Aggregate(BigInteger.One, (product, size) => product * size);
        if (kinds is not null && kinds.Count != sizes.Count)
            throw new ArgumentException($"there must be one kind for each dimension, of which there are {sizes.Count}, got {kinds.Count}.", nameof(kinds));
        Kinds = kinds ?? sizes.Select(_ => DimensionKind.Categorical).ToValueList();
        (_keeps, _identity) = (keeps ?? (_ => true), identity);
    }

    /// <summary>Values per dimension.</summary>
    public ValueList<int> Sizes { get; }

    /// <summary>The kind of each dimension.</summary>
    public ValueList<DimensionKind> Kinds { get; }

    /// <summary>Points of the whole grid, kept or not.</summary>
    public BigInteger Points { get; }

    /// <summary>True where a point is a valid network that every filter keeps.</summary>
    /// <param name="point">One value index per dimension.</param>
    public bool Keeps(ValueList<int> point) => _keeps(point);

    /// <summary>A text that two kept points have in common exactly when they are the same network.</summary>
    /// <param name="point">One value index per dimension.</param>
    public string IdentityOf(ValueList<int> point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return _identity?.Invoke(point) ?? string.Join(',', point);
    }

    /// <summary>The points that differ from one in a single dimension, kept or not, in the order of dimensions and values.</summary>
    /// <param name="point">One value index per dimension.</param>
    public IEnumerable<ValueList<int>> Neighbours(ValueList<int> point)
    {
        for (int d = 0; d < Sizes.Count; d++)
        {
            for (int value = 0; value < Sizes[d]; value++)
            {
                if (value != point[d])
                    yield return point.With(d, value);
            }
        }
    }

    /// <summary>
    /// The grid in lexicographic order (the last dimension changes fastest), kept or not; made one by one as they are read.
    /// </summary>
    /// <param name="after">Starts behind this point; null starts at the first.</param>
    public IEnumerable<ValueList<int>> Grid(ValueList<int>? after = null)
    {
        if (Points.IsZero)
            yield break;
        int[] at = after is null ? new int[Sizes.Count] : [.. after];
        if (after is not null && !Advance(at))
            yield break;
        do
            yield return [.. at];
        while (Advance(at));
    }

    /// <summary>A point of the grid, uniformly, kept or not.</summary>
    /// <param name="random">Where the draws come from.</param>
    public ValueList<int> Draw(RandomSequence random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Sizes.Select(size => (int)random.NextInt(size)).ToValueList();
    }

    private bool Advance(int[] at)
    {
        for (int d = at.Length - 1; d >= 0; d--)
        {
            if (++at[d] < Sizes[d])
                return true;
            at[d] = 0;
        }
        return false;
    }
}
