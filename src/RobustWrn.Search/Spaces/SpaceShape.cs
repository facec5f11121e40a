using System.Numerics;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// A search space as samplers see it: the number of values of each dimension, when each of them counts, and the points that are kept.
/// A point is one value index per dimension; a canonical one has index 0 where a dimension does not count.
/// </summary>
public sealed class SpaceShape
{
    /// <summary>
    /// The most points that samplers and checks look at in one go. Larger spaces are sampled. 100,000 wide residual networks take a few
    /// seconds.
    /// </summary>
    public const int EnumerationLimit = 100_000;

    private readonly ActiveDimensions _active;
    private readonly Func<ValueList<int>, bool> _keeps;
    private readonly Func<ValueList<int>, string>? _identity;

    /// <summary>Creates a shape.</summary>
    /// <param name="sizes">Values per dimension.</param>
    /// <param name="keeps">Whether a canonical point is kept; null keeps all.</param>
    /// <param name="kinds">What may be assumed of the values of each dimension; null: all are categories.</param>
    /// <param name="identity">A text that kept points of equal networks share; null: every point is a network of its own.</param>
    /// <param name="conditions">When dimensions count; null: always. At most 16 may hang together by their dimensions.</param>
    /// <exception cref="ArgumentException">
    /// There is not one kind for each dimension, or a condition names a dimension or value that there is not before it.
    /// </exception>
    public SpaceShape(
        ValueList<int> sizes,
        Func<ValueList<int>, bool>? keeps = null,
        ValueList<DimensionKind>? kinds = null,
        Func<ValueList<int>, string>? identity = null,
        ValueList<DimensionCondition>? conditions = null)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        foreach (int size in sizes)
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(sizes));
        Sizes = sizes;
        if (kinds is not null && kinds.Count != sizes.Count)
        {
            throw new ArgumentException(
                $"there must be one kind for each dimension, of which there are {sizes.Count}, got {kinds.Count}.", nameof(kinds));
        }
        Kinds = kinds ?? sizes.Select(_ => DimensionKind.Categorical).ToValueList();
        Conditions = conditions ?? [];
        _active = new ActiveDimensions(sizes, Conditions);
        Points = _active.Count();
        (_keeps, _identity) = (keeps ?? (_ => true), identity);
    }

    /// <summary>Values per dimension.</summary>
    public ValueList<int> Sizes { get; }

    /// <summary>The kind of each dimension.</summary>
    public ValueList<DimensionKind> Kinds { get; }

    /// <summary>When dimensions count; those without a condition always do.</summary>
    public ValueList<DimensionCondition> Conditions { get; }

    /// <summary>Canonical points of the whole grid, kept or not.</summary>
    public BigInteger Points { get; }

    /// <summary>True where a dimension counts at a point.</summary>
    /// <param name="point">One value index per dimension.</param>
    /// <param name="dimension">The dimension's index.</param>
    public bool IsActive(ValueList<int> point, int dimension)
    {
        ArgumentNullException.ThrowIfNull(point);
        return _active.Contains(point.AsSpan(), dimension);
    }

    /// <summary>The point that stands for all that differ from it only in dimensions that do not count: these have index 0.</summary>
    /// <param name="point">One value index per dimension.</param>
    public ValueList<int> Canonical(ValueList<int> point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return _active.Canonical(point);
    }

    /// <summary>True where a point is canonical and a valid network that every filter and constraint keeps.</summary>
    /// <param name="point">One value index per dimension.</param>
    public bool Keeps(ValueList<int> point) => (!_active.Any || ReferenceEquals(Canonical(point), point)) && _keeps(point);

    /// <summary>A text that two kept points have in common exactly when they are the same network.</summary>
    /// <param name="point">One value index per dimension.</param>
    public string IdentityOf(ValueList<int> point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return _identity?.Invoke(point) ?? string.Join(',', point);
    }

    /// <summary>
    /// The canonical points that differ from one in a single dimension that counts, and in what this makes count or not: what begins to
    /// count has its first value. Kept or not, in the order of dimensions and values.
    /// </summary>
    /// <param name="point">One value index per dimension.</param>
    public IEnumerable<ValueList<int>> Neighbours(ValueList<int> point)
    {
        for (int d = 0; d < Sizes.Count; d++)
        {
            if (_active.Any && !IsActive(point, d))
                continue;
            for (int value = 0; value < Sizes[d]; value++)
            {
                if (value != point[d])
                    yield return Canonical(point.With(d, value));
            }
        }
    }

    /// <summary>
    /// The canonical points in lexicographic order (the last dimension changes fastest), kept or not; made one by one as they are read.
    /// </summary>
    /// <param name="after">Starts behind this point; null starts at the first.</param>
    public IEnumerable<ValueList<int>> Grid(ValueList<int>? after = null)
    {
        if (Points.IsZero)
            yield break;
        int[] at = after is null ? new int[Sizes.Count] : [.. Canonical(after)];
        if (after is not null && !_active.Advance(at))
            yield break;
        do
            yield return [.. at];
        while (_active.Advance(at));
    }

    /// <summary>A canonical point, each dimension that counts uniformly, kept or not.</summary>
    /// <param name="random">Where the draws come from: one for each dimension.</param>
    public ValueList<int> Draw(RandomSequence random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Canonical(Sizes.Select(size => (int)random.NextInt(size)).ToValueList());
    }

    /// <summary>The indices of a point, and -1 where a dimension does not count: what kernels compare.</summary>
    internal int[] Marked(ValueList<int> point)
    {
        int[] marked = [.. point];
        for (int d = 0; _active.Any && d < marked.Length; d++)
            marked[d] = IsActive(point, d) ? marked[d] : -1;
        return marked;
    }
}
