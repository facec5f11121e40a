using System.Collections.Concurrent;
using System.Numerics;
using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Networks to search over: a base specification, named dimensions that vary it, and named filters. Immutable:
/// <see cref="Vary{T}(string, ReadOnlySpan{T}, Func{TSpec, T, TSpec})"/> and <see cref="Where"/> return a new space.
/// Two spaces are equal when their <see cref="Fingerprint"/> is.
/// </summary>
/// <typeparam name="TSpec">The specification searched over, such as <see cref="WideResNetSpec"/>.</typeparam>
/// <remarks>
/// Functions have no text, so the fingerprint holds their names; studies store each resulting specification and refuse to resume when one
/// differs.
/// </remarks>
public sealed class SearchSpace<TSpec> : IDescription, IEquatable<SearchSpace<TSpec>>
    where TSpec : INetworkSpec
{
    private readonly ValueList<SpaceAxis<TSpec>> _axes;
    private readonly ValueList<SpaceFilter<TSpec>> _filters;
    private readonly Lazy<ValueList<Problem>> _problems;
    private readonly Lazy<string> _canonical;
    private readonly ConcurrentDictionary<ValueList<int>, string> _identities = new();

    /// <summary>A space of one network, to be varied.</summary>
    /// <param name="baseSpec">What every point starts from.</param>
    public SearchSpace(TSpec baseSpec)
        : this(baseSpec, [], [])
    {
    }

    internal SearchSpace(TSpec baseSpec, ValueList<SpaceAxis<TSpec>> axes, ValueList<SpaceFilter<TSpec>> filters)
    {
        ArgumentNullException.ThrowIfNull(baseSpec);
        (Base, _axes, _filters) = (baseSpec, axes, filters);
        Dimensions = axes.Select(axis => axis.Dimension).ToValueList();
        Filters = filters.Select(filter => filter.Name).ToValueList();
        Shape = new SpaceShape(
            Dimensions.Select(dimension => dimension.Values.Count).ToValueList(),
            point => Judge(point).Kept,
            axes.Select(axis => axis.Kind).ToValueList(),
            IdentityOf);
        _problems = new(() => new SpaceCheck<TSpec>(this, _axes, _filters).Problems().ToValueList());
        _canonical = new(WriteCanonical);
    }

    /// <summary>The specification that every point starts from.</summary>
    public TSpec Base { get; }

    /// <summary>The dimensions in the order they are applied.</summary>
    public ValueList<SpaceDimension> Dimensions { get; }

    /// <summary>The names of the filters in the order they are asked.</summary>
    public ValueList<string> Filters { get; }

    /// <summary>Points of the whole grid, kept or not.</summary>
    public BigInteger Size => Shape.Points;

    /// <summary>The space as samplers see it.</summary>
    public SpaceShape Shape { get; }

    /// <summary>The space as canonical JSON: base specification, dimensions with their values, names of filters.</summary>
    public string Canonical => _canonical.Value;

    /// <summary>SHA-256 of <see cref="Canonical"/>, in lower-case hexadecimal.</summary>
    public string Fingerprint => DescriptionJson.Fingerprint(Canonical);

    /// <summary>The space with one more dimension: <c>Vary("last stage width", [256, 384], (spec, width) => ...)</c>.</summary>
    /// <typeparam name="T">
    /// Numbers, strings, descriptions such as <see cref="IActivation"/>, <see cref="ValueList{T}"/>, arrays, records: what JSON can hold.
    /// </typeparam>
    /// <param name="name">The dimension's name, unique in the space.</param>
    /// <param name="values">Its values, at least one, all different.</param>
    /// <param name="apply">Makes the new specification from the one so far and a value. Must depend on these two only.</param>
    public SearchSpace<TSpec> Vary<T>(string name, ReadOnlySpan<T> values, Func<TSpec, T, TSpec> apply)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(apply);
        return new(Base, [.. _axes, SpaceAxis<TSpec>.Of(name, values, apply)], _filters);
    }

    /// <inheritdoc cref="Vary{T}(string, ReadOnlySpan{T}, Func{TSpec, T, TSpec})"/>
    public SearchSpace<TSpec> Vary<T>(string name, IEnumerable<T> values, Func<TSpec, T, TSpec> apply) => Vary<T>(name, values.ToArray().AsSpan(), apply);

    /// <summary>
    /// The space with only those points for which a condition holds:
    /// <c>Where("at most 5 GMACs", spec => spec.Cost(32, 32).MultiplyAdds &lt;= 5_000_000_000)</c>.
    /// </summary>
    /// <param name="name">The filter's name, unique in the space.</param>
    /// <param name="keep">Whether a valid specification is kept. Must depend on the specification only.</param>
    public SearchSpace<TSpec> Where(string name, Func<TSpec, bool> keep)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(keep);
        return new(Base, _axes, [.. _filters, new SpaceFilter<TSpec>(name, keep)]);
    }

    /// <summary>The specification at a point, whether filters keep it or not.</summary>
    /// <param name="point">One value index per dimension.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such point.</exception>
    /// <exception cref="InvalidDescriptionException">
    /// A value cannot be applied or gives an invalid specification; the message names dimensions and values.
    /// </exception>
    public TSpec At(ValueList<int> point)
    {
        PointVerdict<TSpec> verdict = Judge(point, filtered: false);
        verdict.Problems.ThrowIfAny($"The point ({string.Join(", ", ValuesAt(point))})");
        return verdict.Spec!;
    }

    /// <summary>
    /// The verdict on a point: kept, rejected by which filter, or no valid network and why. Does not throw for a point of the grid.
    /// </summary>
    /// <param name="point">One value index per dimension.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such point.</exception>
    public PointVerdict<TSpec> Judge(ValueList<int> point) => Judge(point, filtered: true);

    /// <summary>The values of a point, one per dimension.</summary>
    /// <param name="point">One value index per dimension.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such point.</exception>
    public ValueList<DimensionValue> ValuesAt(ValueList<int> point)
    {
        Refuse(point);
        return Dimensions.Select((dimension, d) => new DimensionValue(dimension.Name, dimension.Values[point[d]])).ToValueList();
    }

    /// <summary>The same space, seen as one over any kind of network: same points, same fingerprint.</summary>
    public SearchSpace<INetworkSpec> AsAnyNetwork() => new(
        Base,
        _axes.Select(axis => new SpaceAxis<INetworkSpec>(axis.Dimension, (spec, value) => axis.Apply((TSpec)spec, value))
        {
            Flaw = axis.Flaw,
            Kind = axis.Kind,
        }).ToValueList(),
        _filters.Select(filter => new SpaceFilter<INetworkSpec>(filter.Name, spec => filter.Keep((TSpec)spec))).ToValueList());

    /// <summary>
    /// Everything that is wrong, also with single points: grids of up to <see cref="SpaceShape.EnumerationLimit"/> points are checked
    /// point by point, of larger ones 10,000 random points are, and up to as many as that limit while none is kept.
    /// The answer is kept, so asking again costs nothing.
    /// </summary>
    public IEnumerable<Problem> Problems() => _problems.Value;

    /// <summary>
    /// Problems that keep its networks out of files, as <see cref="DescriptionStorage.StorageProblems"/>:
    /// of the base, and of each value on its own. A study that is kept in memory needs none of it.
    /// </summary>
    public IEnumerable<Problem> StorageProblems()
    {
        Problem[] problems = [.. Base.StorageProblems(nameof(Base))];
        if (problems.Length > 0)
            return problems;
        ValueList<int> first = Enumerable.Repeat(0, _axes.Count).ToValueList();
        return _axes.SelectMany((axis, d) => Enumerable.Range(0, axis.Dimension.Values.Count).SelectMany(i =>
            Judge(first.With(d, i), filtered: false).Spec.StorageProblems($"\"{axis.Dimension.Name}\"[{i}]").Take(1)));
    }

    /// <inheritdoc/>
    public bool Equals(SearchSpace<TSpec>? other) => other is not null && Canonical == other.Canonical;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SearchSpace<TSpec>);

    /// <inheritdoc/>
    public override int GetHashCode() => Canonical.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Base.Name}, varied in {string.Join(", ", Dimensions.Select(dimension => $"{dimension.Name} ({dimension.Values.Count})"))}"
        + string.Concat(Filters.Select(filter => $", {filter}"));

    private PointVerdict<TSpec> Judge(ValueList<int> point, bool filtered)
    {
        Refuse(point);
        TSpec spec = Base;
        for (int d = 0; d < _axes.Count; d++)
        {
            try
            {
                spec = _axes[d].Apply(spec, point[d]) ?? throw new InvalidOperationException("the function returned null");
            }
            catch (Exception e)
            {
                return new() { Problems = [new Problem($"\"{Dimensions[d].Name}\"", $"the value {Dimensions[d].Values[point[d]]} could not be applied: {e.GetType().Name}: {e.Message}")] };
            }
        }
        ValueList<Problem> problems = spec.Problems().ToValueList();
        if (problems.Count > 0 || !filtered)
            return new() { Spec = spec, Problems = problems };
        foreach (SpaceFilter<TSpec> filter in _filters)
        {
            try
            {
                if (!filter.Keep(spec))
                    return new() { Spec = spec, RejectedBy = filter.Name };
            }
            catch (Exception e)
            {
                return new() { Spec = spec, Problems = [new Problem($"\"{filter.Name}\"", $"the filter failed: {e.GetType().Name}: {e.Message}")] };
            }
        }
        return new() { Spec = spec };
    }

    // Samplers ask for the same points again and again, and the text of a specification takes longer than all else they do.
    private string IdentityOf(ValueList<int> point)
    {
        if (_identities.TryGetValue(point, out string? identity))
            return identity;
        identity = DescriptionJson.Fingerprint(DescriptionJson.Canonical(At(point)));
        if (_identities.Count < SpaceShape.EnumerationLimit)
            _identities[point] = identity;
        return identity;
    }

    private void Refuse(ValueList<int> point)
    {
        ArgumentNullException.ThrowIfNull(point);
        if (point.Count != _axes.Count)
            throw new ArgumentOutOfRangeException(nameof(point), $"a point must have one value index for each of the {Quantity.Of(_axes.Count, "dimension")}, got {point.Count}.");
        for (int d = 0; d < point.Count; d++)
        {
            if (point[d] < 0 || point[d] >= Dimensions[d].Values.Count)
                throw new ArgumentOutOfRangeException(nameof(point), $"\"{Dimensions[d].Name}\" has {Quantity.Of(Dimensions[d].Values.Count, "value")}, counted from 0, got index {point[d]}.");
        }
    }

    private string WriteCanonical() => new JsonObject
    {
        ["base"] = JsonNode.Parse(DescriptionJson.Canonical(Base)),
        ["dimensions"] = new JsonArray([.. Dimensions.Select(dimension => new JsonObject
        {
            ["name"] = dimension.Name,
            ["values"] = new JsonArray([.. dimension.Values.Select(value => (JsonNode)value)]),
        })]),
        ["filters"] = new JsonArray([.. Filters.Select(filter => (JsonNode)filter)]),
    }.ToJsonString(JsonTextConverter.Compact);
}
