using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A dimension with the function that applies its values.</summary>
/// <param name="Dimension">Name and values as text.</param>
/// <param name="Apply">Applies the value at an index.</param>
internal sealed record SpaceAxis<TSpec>(SpaceDimension Dimension, Func<TSpec, int, TSpec> Apply)
    where TSpec : INetworkSpec
{
    /// <summary>The problem of values or kind, or null.</summary>
    public string? Flaw { get; init; }

    /// <summary>The kind of the dimension.</summary>
    public DimensionKind Kind { get; init; } = DimensionKind.Categorical;

    /// <summary>True where the kind is another one than the values have by themselves.</summary>
    public bool KindIsStated { get; init; }

    /// <summary>The conditions under which it counts, the outermost first.</summary>
    public ValueList<SpaceCondition> Conditions { get; init; } = [];

    public static SpaceAxis<TSpec> Of<T>(string name, ReadOnlySpan<T> values, Func<TSpec, T, TSpec> apply, DimensionKind? kind = null)
    {
        ValueList<T> kept = [.. values];
        (string Text, string? Flaw)[] texts = [.. kept.Select(ValueText.Shown)];
        DimensionKind own = KindOf(kept);
        return new(new SpaceDimension(name, [.. texts.Select(text => text.Text)]), (spec, index) => apply(spec, kept[index]))
        {
            Flaw = texts.Select(text => text.Flaw).FirstOrDefault(flaw => flaw is not null)
                ?? (kind is { } stated ? FlawOf(stated, kept.Count) : null),
            Kind = kind ?? own,
            KindIsStated = kind is not null && kind != own,
        };
    }

    /// <summary>The same axis on specifications seen as another type.</summary>
    public SpaceAxis<TOther> On<TOther>(Func<TOther, TSpec> down, Func<TSpec, TOther> up)
        where TOther : INetworkSpec => new(Dimension, (spec, value) => up(Apply(down(spec), value)))
        {
            Flaw = Flaw,
            Kind = Kind,
            KindIsStated = KindIsStated,
            Conditions = Conditions,
        };

    private static string? FlawOf(DimensionKind kind, int values) =>
        !Enum.IsDefined(kind) ? $"must be one of {string.Join(", ", Enum.GetNames<DimensionKind>())}, got the kind {kind}."
        : kind == DimensionKind.Switch && values != 2 ? $"a switch must have two values, off and on, got {values}. Say it is categorical."
        : null;

    private static DimensionKind KindOf<T>(ValueList<T> values)
    {
        if (values.Count == 2 && values.All(value => value is bool))
            return DimensionKind.Switch;
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
