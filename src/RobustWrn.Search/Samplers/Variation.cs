using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Makes points from points, as evolutionary samplers do.</summary>
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
        int[] free = [.. Enumerable.Range(0, space.Sizes.Count).Where(d => space.Sizes[d] > 1)];
        return free.Length == 0 ? parent : WithAnother(parent, free[draws.NextInt(free.Length)]);
    }

    /// <summary>A copy in which a dimension has another value, chosen uniformly.</summary>
    /// <param name="parent">One value index per dimension.</param>
    /// <param name="dimension">A dimension of at least two values.</param>
    public ValueList<int> WithAnother(ValueList<int> parent, int dimension)
    {
        ArgumentNullException.ThrowIfNull(parent);
        int value = (int)draws.NextInt(space.Sizes[dimension] - 1);
        return parent.With(dimension, value < parent[dimension] ? value : value + 1);
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
            if (space.Sizes[d] > 1 && draws.NextDouble() < probability)
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
        return first.Select((value, d) => draws.NextDouble() < 0.5 ? value : second[d]).ToValueList();
    }
}
