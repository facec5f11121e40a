using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Makes points from points, as evolutionary samplers do. Of canonical points it makes canonical ones: what begins to count takes a value
/// drawn uniformly, what no longer does the first.
/// </summary>
/// <param name="space">The space.</param>
/// <param name="draws">The randomness.</param>
public sealed class Variation(SpaceShape space, RandomSequence draws)
{
    /// <summary>A copy in which one dimension, chosen uniformly among those with a choice, has another value, chosen uniformly.</summary>
    /// <param name="parent">One value index per dimension.</param>
    /// <returns>The copy; the parent itself where no dimension has a choice.</returns>
    public ValueList<int> Mutated(ValueList<int> parent)
    {
        ArgumentNullException.ThrowIfNull(parent);
        int[] free = [.. Enumerable.Range(0, space.Sizes.Count).Where(d => space.Sizes[d] > 1 && space.IsActive(parent, d))];
        return free.Length == 0 ? parent : WithAnother(parent, free[draws.NextInt(free.Length)]);
    }

    /// <summary>A copy in which a dimension has another value, chosen uniformly.</summary>
    /// <param name="parent">One value index per dimension.</param>
    /// <param name="dimension">A dimension of at least two values.</param>
    public ValueList<int> WithAnother(ValueList<int> parent, int dimension)
    {
        ArgumentNullException.ThrowIfNull(parent);
        int value = (int)draws.NextInt(space.Sizes[dimension] - 1);
        return Settled(parent.With(dimension, value < parent[dimension] ? value : value + 1), d => space.IsActive(parent, d));
    }

    /// <summary>A copy in which each dimension has another value with a probability.</summary>
    /// <param name="parent">One value index per dimension.</param>
    /// <param name="probability">In [0, 1].</param>
    public ValueList<int> Mutated(ValueList<int> parent, double probability)
    {
        ArgumentNullException.ThrowIfNull(parent);
        ValueList<int> child = parent;
        for (int d = 0; d < space.Sizes.Count; d++)
        {
            if (space.Sizes[d] > 1 && space.IsActive(child, d) && draws.NextDouble() < probability)
                child = WithAnother(child, d);
        }
        return child;
    }

    /// <summary>Each dimension from one parent or the other with equal probability: uniform crossover (Syswerda 1989).</summary>
    /// <param name="first">One value index per dimension.</param>
    /// <param name="second">One value index per dimension.</param>
    public ValueList<int> Crossed(ValueList<int> first, ValueList<int> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ValueList<int> child = first
            .Select((_, d) => Taken(d, draws.NextDouble() < 0.5 ? (first, second) : (second, first))).ToValueList();
        return Settled(child, d => space.IsActive(first, d) || space.IsActive(second, d));
    }

    // A parent in which a dimension does not count has no value of it to give.
    private int Taken(int dimension, (ValueList<int> Chosen, ValueList<int> Other) parents) =>
        (space.IsActive(parents.Chosen, dimension) ? parents.Chosen : parents.Other)[dimension];

    private ValueList<int> Settled(ValueList<int> child, Func<int, bool> hasValue)
    {
        for (int d = 0; space.Conditions.Count > 0 && d < space.Sizes.Count; d++)
        {
            if (!space.IsActive(child, d))
                child = child.With(d, 0);
            else if (!hasValue(d))
                child = child.With(d, (int)draws.NextInt(space.Sizes[d]));
        }
        return child;
    }
}
