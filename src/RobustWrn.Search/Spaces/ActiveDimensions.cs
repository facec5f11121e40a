using System.Numerics;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The dimensions of a point that count. An inactive one has the index 0 in a canonical point, so that no two of these differ only where
/// nothing counts.
/// </summary>
internal sealed class ActiveDimensions
{
    // Counting takes a table of 2 to the power of them.
    internal const int MostTogether = 16;

    private readonly ValueList<int> _sizes;
    private readonly (int Parent, bool[] Holds)[][] _conditions;

    public ActiveDimensions(ValueList<int> sizes, ValueList<DimensionCondition> conditions)
    {
        _sizes = sizes;
        foreach (DimensionCondition condition in conditions)
        {
            (int dimension, int parent) = (condition.Dimension, condition.Parent);
            if (dimension < 0 || dimension >= sizes.Count || parent < 0 || parent >= dimension)
            {
                throw new ArgumentException(
                    $"a condition must join a dimension of {sizes.Count} with one before it, got {condition}.", nameof(conditions));
            }
            if (condition.Values.Any(value => value < 0 || value >= sizes[parent]))
            {
                throw new ArgumentException(
                    $"a condition must name indices below the {sizes[parent]} of its parent, got {condition}.", nameof(conditions));
            }
        }
        Any = conditions.Count > 0;
        _conditions = [.. sizes.Select((_, d) => conditions.Where(condition => condition.Dimension == d)
            .Select(condition => (condition.Parent, Holds(condition, sizes[condition.Parent]))).ToArray())];
        if (Together(conditions).Any(count => count > MostTogether))
            throw new ArgumentException(
                $"at most {MostTogether} conditions may hang together by their dimensions, got {Together(conditions).Max()}.",
                nameof(conditions));
    }

    /// <summary>False where every dimension counts at every point.</summary>
    public bool Any { get; }

    /// <summary>Tells whether a dimension counts at a point.</summary>
    public bool Contains(ReadOnlySpan<int> point, int dimension)
    {
        foreach ((int parent, bool[] holds) in _conditions[dimension])
        {
            if (!holds[point[parent]] || !Contains(point, parent))
                return false;
        }
        return true;
    }

    /// <summary>The point with index 0 in every dimension that does not count; itself where it is so.</summary>
    public ValueList<int> Canonical(ValueList<int> point)
    {
        if (!Any)
            return point;
        int[]? changed = null;
        for (int d = 0; d < _sizes.Count; d++)
        {
            // Those before it are in order, and it depends on no others.
            if (point[d] != 0 && !Contains(changed ?? point.AsSpan(), d))
                (changed ??= [.. point])[d] = 0;
        }
        return changed is null ? point : [.. changed];
    }

    /// <summary>Moves on to the next canonical point in lexicographic order.</summary>
    /// <param name="at">A canonical point; all 0 behind the last.</param>
    public bool Advance(int[] at)
    {
        for (int d = at.Length - 1; d >= 0; d--)
        {
            if (at[d] + 1 < _sizes[d] && (!Any || Contains(at, d)))
            {
                at[d]++;
                return true;
            }
            at[d] = 0;
        }
        return false;
    }

    /// <summary>The number of canonical points.</summary>
    public BigInteger Count()
    {
        BigInteger product = BigInteger.One;
        foreach (int[] joined in Components())
            product *= Count(joined);
        return product;
    }

    /// <summary>The number of conditions that hang together by their dimensions, for each such group.</summary>
    internal static IEnumerable<int> Together(ValueList<DimensionCondition> conditions)
    {
        int[] roots = Roots(conditions.Count == 0 ? 0 : conditions.Max(condition => Math.Max(condition.Dimension, condition.Parent)) + 1,
            conditions.Select(condition => (condition.Dimension, condition.Parent)));
        return conditions.GroupBy(condition => roots[condition.Dimension]).Select(group => group.Count());
    }

    private static bool[] Holds(DimensionCondition condition, int size)
    {
        bool[] holds = new bool[size];
        foreach (int value in condition.Values)
            holds[value] = true;
        return holds;
    }

    private IEnumerable<int[]> Components()
    {
        int[] roots = Roots(_sizes.Count, _conditions.SelectMany((all, d) => all.Select(condition => (d, condition.Parent))));
        return Enumerable.Range(0, _sizes.Count).GroupBy(d => roots[d]).Select(group => group.ToArray());
    }

    // By which conditions hold so far: no more is needed to know what counts next.
    private BigInteger Count(int[] dimensions)
    {
        (int Child, int Parent, bool[] Holds)[] conditions =
            [.. dimensions.SelectMany(d => _conditions[d].Select(condition => (d, condition.Parent, condition.Holds)))];
        Dictionary<int, BigInteger> points = new() { [0] = BigInteger.One };
        foreach (int d in dimensions)
        {
            Dictionary<int, BigInteger> next = [];
            int needed = Bits(i => conditions[i].Child == d);
            (int Held, int Values)[] choices = [.. Enumerable.Range(0, _sizes[d])
                .GroupBy(value => Bits(i => conditions[i].Parent == d && conditions[i].Holds[value]))
                .Select(group => (group.Key, group.Count()))];
            foreach ((int held, BigInteger count) in points)
            {
                if ((held & needed) != needed)
                    next[held] = next.GetValueOrDefault(held) + (_sizes[d] > 0 ? count : 0);
                else
                {
                    foreach ((int more, int values) in choices)
                        next[held | more] = next.GetValueOrDefault(held | more) + count * values;
                }
            }
            points = next;
        }
        return points.Values.Aggregate(BigInteger.Zero, (sum, count) => sum + count);

        int Bits(Func<int, bool> holds) => Enumerable.Range(0, conditions.Length).Where(holds).Aggregate(0, (bits, i) => bits | 1 << i);
    }

    private static int[] Roots(int count, IEnumerable<(int Left, int Right)> joined)
    {
        int[] roots = [.. Enumerable.Range(0, count)];
        foreach ((int left, int right) in joined)
        {
            (int from, int to) = (roots[left], roots[right]);
            for (int d = 0; d < count; d++)
                roots[d] = roots[d] == from ? to : roots[d];
        }
        return roots;
    }
}
