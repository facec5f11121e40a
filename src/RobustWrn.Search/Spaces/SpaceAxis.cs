using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A dimension with the function that applies its values.</summary>
/// <param name="Dimension">Name and values as text.</param>
/// <param name="Apply">Applies the value at an index.</param>
internal sealed record SpaceAxis<TSpec>(SpaceDimension Dimension, Func<TSpec, int, TSpec> Apply)
    where TSpec : INetworkSpec
{
    /// <summary>Why the values have no text, or null.</summary>
    public string? Flaw { get; init; }

    /// <summary>The kind of the dimension: numbers in strict order are ordered.</summary>
    public DimensionKind Kind { get; init; } = DimensionKind.Categorical;

    public static SpaceAxis<TSpec> Of<T>(string name, ReadOnlySpan<T> values, Func<TSpec, T, TSpec> apply)
    {
        ValueList<T> kept = [.. values];
        string? flaw = null;
        string[] texts = new string[kept.Count];
        for (int i = 0; i < texts.Length; i++)
        {
            try
            {
                texts[i] = ValueText.Of(kept[i]);
            }
            catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
            {
                texts[i] = $"value {i}";
                flaw ??= $"value {i} has no JSON text, so that a study could not record it: {e.Message}";
            }
        }
        return new(new SpaceDimension(name, [.. texts]), (spec, index) => apply(spec, kept[index])) { Flaw = flaw, Kind = KindOf(kept) };
    }

    private static DimensionKind KindOf<T>(ValueList<T> values)
    {
        if (values.Count < 2 || values.Any(value => value is not (int or long or short or byte or double or float or decimal)))
            return DimensionKind.Categorical;
        double[] numbers = [.. values.Select(value => Convert.ToDouble(value, CultureInfo.InvariantCulture))];
        bool rises = numbers.Zip(numbers.Skip(1)).All(pair => pair.First < pair.Second);
        bool falls = numbers.Zip(numbers.Skip(1)).All(pair => pair.First > pair.Second);
        return rises || falls ? DimensionKind.Ordered : DimensionKind.Categorical;
    }
}

/// <summary>A named condition on specifications.</summary>
internal sealed record SpaceFilter<TSpec>(string Name, Func<TSpec, bool> Keep)
    where TSpec : INetworkSpec;
