using System.Globalization;

namespace RobustWrn.Search;

/// <summary>The items that no other item beats: at least as good in every objective and better in one.</summary>
public static class ParetoFront
{
    /// <summary>The front, in the order of the items. Items with equal values are kept or left out together.</summary>
    /// <typeparam name="T">What is compared.</typeparam>
    /// <param name="items">The items.</param>
    /// <param name="objectives">At least one.</param>
    /// <exception cref="ArgumentException">There is no objective, or one is NaN for an item.</exception>
    public static IReadOnlyList<T> Of<T>(IEnumerable<T> items, params ReadOnlySpan<ParetoObjective<T>> objectives)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (objectives.IsEmpty)
            throw new ArgumentException("a front needs at least one objective, got none.", nameof(objectives));
        T[] all = [.. items];
        double[][] values = new double[all.Length][];
        for (int i = 0; i < all.Length; i++)
            values[i] = Values(all[i], i, objectives);
        return [.. all.Where((_, i) => !Array.Exists(values, other => Dominates(other, values[i])))];
    }

    /// <summary>Tells whether values are at least as good as others in every objective and better in one.</summary>
    /// <param name="values">One number per objective, larger ones better.</param>
    /// <param name="others">As many.</param>
    public static bool Dominates(IReadOnlyList<double> values, IReadOnlyList<double> others)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(others);
        bool better = false;
        for (int o = 0; o < values.Count; o++)
        {
            if (values[o] < others[o])
                return false;
            better |= values[o] > others[o];
        }
        return better;
    }

    private static double[] Values<T>(T item, int index, ReadOnlySpan<ParetoObjective<T>> objectives)
    {
        double[] values = new double[objectives.Length];
        for (int o = 0; o < values.Length; o++)
        {
            double value = objectives[o].Value(item);
            if (double.IsNaN(value))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"every item must have a value in each objective, but \"{objectives[o].Name}\" of item {index} is NaN. Leave the item out."));
            values[o] = objectives[o].Maximised ? value : -value;
        }
        return values;
    }
}
