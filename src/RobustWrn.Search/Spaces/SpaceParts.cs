using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>All that a search space is made of.</summary>
/// <param name="Base">What every point starts from.</param>
internal sealed record SpaceParts<TSpec>(TSpec Base)
    where TSpec : INetworkSpec
{
    public ValueList<SpaceAxis<TSpec>> Axes { get; init; } = [];

    public ValueList<SpaceFilter<TSpec>> Filters { get; init; } = [];

    /// <summary>Hard constraints: one can be solved, more are a problem of the space.</summary>
    public ValueList<SpaceConstraint<TSpec>> Constraints { get; init; } = [];

    /// <summary>The canonical form by which networks are equal; null: their specifications.</summary>
    public SpaceIdentity<TSpec>? Identity { get; init; }

    /// <summary>The conditions by index, those left out that name no dimension.</summary>
    public ValueList<DimensionCondition> Conditions() => [.. Axes.SelectMany((axis, d) => axis.Conditions
        .Where(condition => condition.Parent >= 0)
        .Select(condition => new DimensionCondition(d, condition.Parent, condition.Values)))];

    /// <summary>The same parts on specifications seen as another type.</summary>
    public SpaceParts<TOther> On<TOther>(TOther start, Func<TOther, TSpec> down, Func<TSpec, TOther> up)
        where TOther : INetworkSpec => new(start)
        {
            Axes = Axes.Select(axis => axis.On(down, up)).ToValueList(),
            Filters = Filters.Select(filter => new SpaceFilter<TOther>(filter.Name, spec => filter.Keep(down(spec)))).ToValueList(),
            Constraints = Constraints.Select(constraint => constraint.On(down, up)).ToValueList(),
            Identity = Identity is null ? null : new(Identity.Name, spec => Identity.Of(down(spec))),
        };
}

/// <summary>A canonical form by name: networks with the same text are equal.</summary>
internal sealed record SpaceIdentity<TSpec>(string Name, Func<TSpec, string> Of)
    where TSpec : INetworkSpec;
