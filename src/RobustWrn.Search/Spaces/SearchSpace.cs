using System.Numerics;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Networks to search over: a base specification, named dimensions that vary it, named filters, and hard constraints that are solved for.
/// Immutable: <see cref="Vary{T}(string, ReadOnlySpan{T}, Func{TSpec, T, TSpec}, DimensionKind?)"/>, <see cref="Where"/> and the others
/// return a new space. Two spaces are equal when their <see cref="Fingerprint"/> is.
/// </summary>
/// <typeparam name="TSpec">The specification searched over, such as <see cref="WideResNetSpec"/>.</typeparam>
/// <remarks>
/// Functions have no text, so the fingerprint holds their names; studies store each resulting specification and refuse to resume when one
/// differs.
/// </remarks>
public sealed class SearchSpace<TSpec> : IDescription, IEquatable<SearchSpace<TSpec>>
    where TSpec : INetworkSpec
{
    private readonly SpaceParts<TSpec> _parts;
    private readonly PointJudge<TSpec> _judge;
    private readonly PointMemory<KnownPoint> _known;
    private readonly Lazy<ValueList<Problem>> _problems;
    private readonly Lazy<string> _canonical;

    /// <summary>A space of one network, to be varied.</summary>
    /// <param name="baseSpec">What every point starts from.</param>
    public SearchSpace(TSpec baseSpec)
        : this(new SpaceParts<TSpec>(baseSpec))
    {
    }

    internal SearchSpace(SpaceParts<TSpec> parts)
    {
        ArgumentNullException.ThrowIfNull(parts.Base);
        _parts = parts;
        Dimensions = parts.Axes.Select(axis => axis.Dimension).ToValueList();
        Filters = parts.Filters.Select(filter => filter.Name).ToValueList();
        ValueList<DimensionCondition> conditions = parts.Conditions();
        Shape = new SpaceShape(
            Dimensions.Select(dimension => dimension.Values.Count).ToValueList(),
            point => Known(point).Kept,
            parts.Axes.Select(axis => axis.Kind).ToValueList(),
            IdentityOf,
            // More of them are a problem of the space.
            SpaceCheck<TSpec>.CanBeCounted(conditions) ? conditions : []);
        _judge = new(parts, Shape.IsActive);
        _known = new(point => new KnownPoint(_judge.Of(point, filtered: true)));
        _problems = new(() => new SpaceCheck<TSpec>(this, parts).Problems().ToValueList());
        _canonical = new(() => SpaceText.Of(parts));
    }

    /// <summary>The specification that every point starts from.</summary>
    public TSpec Base => _parts.Base;

    /// <summary>The dimensions in the order they are applied.</summary>
    public ValueList<SpaceDimension> Dimensions { get; }

    /// <summary>The names of the filters in the order they are asked.</summary>
    public ValueList<string> Filters { get; }

    /// <summary>The hard constraint that is solved for, for people; null where there is none.</summary>
    public string? Constraint => _parts.Constraints is [var constraint, ..] ? $"{constraint.Name} by {constraint.Free.Name}" : null;

    /// <summary>Points of the whole grid, kept or not; those that differ only in what does not count are one.</summary>
    public BigInteger Size => Shape.Points;

    /// <summary>The space as samplers see it.</summary>
    public SpaceShape Shape { get; }

    /// <summary>
    /// The space as canonical JSON: base specification, dimensions with their values, names of filters, hard constraint, and the name of
    /// the canonical form.
    /// </summary>
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
    /// <param name="kind">
    /// What samplers may assume of the values. Default: numbers in strict order are ordered, <c>[false, true]</c> is a switch, all else is
    /// categorical.
    /// </param>
    public SearchSpace<TSpec> Vary<T>(string name, ReadOnlySpan<T> values, Func<TSpec, T, TSpec> apply, DimensionKind? kind = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(apply);
        return new(_parts with { Axes = [.. _parts.Axes, SpaceAxis<TSpec>.Of(name, values, apply, kind)] });
    }

    /// <inheritdoc cref="Vary{T}(string, ReadOnlySpan{T}, Func{TSpec, T, TSpec}, DimensionKind?)"/>
    public SearchSpace<TSpec> Vary<T>(string name, IEnumerable<T> values, Func<TSpec, T, TSpec> apply, DimensionKind? kind = null) =>
        Vary<T>(name, values.ToArray().AsSpan(), apply, kind);

    /// <summary>The space with a switch: a dimension of <c>false</c> and <c>true</c>.</summary>
    /// <param name="name">The dimension's name, unique in the space.</param>
    /// <param name="apply">Makes the new specification from the one so far and the switch. Must depend on these two only.</param>
    public SearchSpace<TSpec> Switch(string name, Func<TSpec, bool, TSpec> apply) => Vary(name, [false, true], apply);

    /// <summary>
    /// The space with dimensions that count only where one before has certain values:
    /// <c>When("squeeze", [true], inner => inner.Vary("squeeze ratio", [0.125, 0.25], (spec, ratio) => ...))</c>. Elsewhere they are not
    /// applied, and points that differ only in them are one.
    /// </summary>
    /// <typeparam name="T">As the dimension's values are.</typeparam>
    /// <param name="dimension">The name of a dimension of this space, which may itself count only sometimes.</param>
    /// <param name="values">The values with which they count, at least one.</param>
    /// <param name="inner">
    /// Adds the dimensions to the space it is given, and may nest further conditions. Filters and what else it adds hold everywhere.
    /// </param>
    /// <exception cref="ArgumentException">The function returns another space than the one it is given with more parts.</exception>
    public SearchSpace<TSpec> When<T>(string dimension, ReadOnlySpan<T> values, Func<SearchSpace<TSpec>, SearchSpace<TSpec>> inner)
    {
        ArgumentNullException.ThrowIfNull(dimension);
        ArgumentNullException.ThrowIfNull(inner);
        SpaceCondition condition = SpaceCondition.Of(dimension, values, Dimensions);
        SpaceParts<TSpec> varied = inner(this)?._parts
            ?? throw new ArgumentException("inner must return a space, got null.", nameof(inner));
        int count = _parts.Axes.Count;
        if (!varied.Base.Equals(Base)
            || varied.Axes.Count < count
            || !varied.Axes.Take(count).SequenceEqual(_parts.Axes, ReferenceEqualityComparer.Instance))
            throw new ArgumentException("inner must return the space it is given with more dimensions, got another one.", nameof(inner));
        return new(varied with
        {
            Axes = varied.Axes
                .Select((axis, d) => d < count ? axis : axis with { Conditions = [condition, .. axis.Conditions] }).ToValueList(),
        });
    }

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
        return new(_parts with { Filters = [.. _parts.Filters, new SpaceFilter<TSpec>(name, keep)] });
    }

    /// <summary>
    /// The space whose networks all cost the same: at every point a number is solved for, after all dimensions are applied.
    /// <see cref="HardConstraints"/> has the usual ones. A space has one at most; further limits are filters.
    /// </summary>
    /// <param name="target">What the networks cost.</param>
    /// <param name="free">What is solved for.</param>
    public SearchSpace<TSpec> Solving(CostTarget target, FreeInteger<TSpec> free)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(free);
        return new(_parts with { Constraints = [.. _parts.Constraints, new SpaceConstraint<TSpec>(target, free)] });
    }

    /// <summary>
    /// The space with a canonical form of its own: networks with the same text are equal, and only one of them is tried. Without one,
    /// networks are equal when their specifications are. The latest one counts.
    /// </summary>
    /// <param name="name">The form's name, part of the space's identity.</param>
    /// <param name="form">The text of a valid specification. Must depend on the specification only.</param>
    public SearchSpace<TSpec> Identifying(string name, Func<TSpec, string> form)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(form);
        return new(_parts with { Identity = new SpaceIdentity<TSpec>(name, form) });
    }

    /// <summary>The space with a canonical form of its own: networks with the same canonical specification are equal.</summary>
    /// <param name="name">The form's name, part of the space's identity.</param>
    /// <param name="form">The specification that stands for a valid one and its equals. Must depend on the specification only.</param>
    public SearchSpace<TSpec> Identifying(string name, Func<TSpec, TSpec> form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return Identifying(name, spec => DescriptionJson.Canonical(form(spec)));
    }

    /// <summary>The same dimensions, filters and constraints over another base, such as one for images of other classes.</summary>
    /// <param name="baseSpec">What every point starts from instead.</param>
    public SearchSpace<TSpec> Around(TSpec baseSpec) => new(_parts with { Base = baseSpec });

    /// <summary>The specification at a point, whether filters keep it or not.</summary>
    /// <param name="point">One value index per dimension.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such point.</exception>
    /// <exception cref="InvalidDescriptionException">
    /// A value cannot be applied or gives an invalid specification, or no number meets the hard constraint; the message names dimensions
    /// and values.
    /// </exception>
    public TSpec At(ValueList<int> point)
    {
        Refuse(point);
        PointVerdict<TSpec> verdict = _judge.Of(point, filtered: false);
        IEnumerable<Problem> problems = verdict.RejectedBy is { } constraint
            ? [new Problem($"\"{constraint}\"", verdict.Reason ?? "is not met.")]
            : verdict.Problems;
        problems.ThrowIfAny($"The point ({string.Join(", ", ValuesAt(point))})");
        return verdict.Spec!;
    }

    /// <summary>
    /// The verdict on a point: kept, rejected by what, or no valid network and why. Does not throw for a point of the grid.
    /// </summary>
    /// <param name="point">One value index per dimension.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such point.</exception>
    public PointVerdict<TSpec> Judge(ValueList<int> point)
    {
        Refuse(point);
        return _judge.Of(point, filtered: true);
    }

    /// <summary>The values of a point, one for each dimension that counts there.</summary>
    /// <param name="point">One value index per dimension.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such point.</exception>
    public ValueList<DimensionValue> ValuesAt(ValueList<int> point)
    {
        Refuse(point);
        return Dimensions.Select((dimension, d) => new DimensionValue(dimension.Name, dimension.Values[point[d]]))
            .Where((_, d) => Shape.IsActive(point, d)).ToValueList();
    }

    /// <summary>The same space, seen as one over any kind of network: same points, same fingerprint.</summary>
    public SearchSpace<INetworkSpec> AsAnyNetwork() => new(_parts.On<INetworkSpec>(Base, spec => (TSpec)spec, spec => spec));

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
        ValueList<int> first = Enumerable.Repeat(0, _parts.Axes.Count).ToValueList();
        return _parts.Axes.SelectMany((axis, d) => Enumerable.Range(0, axis.Dimension.Values.Count).SelectMany(i =>
            Applied(first.With(d, i), d).StorageProblems($"\"{axis.Dimension.Name}\"[{i}]").Take(1)));

        // Also where the value does not count.
        TSpec? Applied(ValueList<int> point, int d) =>
            Shape.IsActive(point, d) ? _judge.Of(point, filtered: false).Spec : _judge.Alone(d, point[d]);
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
        + string.Concat(Filters.Select(filter => $", {filter}")) + (Constraint is null ? "" : $", {Constraint}");

    // Samplers ask for the same points again and again, and the text of a specification takes longer than all else they do.
    private KnownPoint Known(ValueList<int> point)
    {
        Refuse(point);
        return _known.Of(point);
    }

    private string IdentityOf(ValueList<int> point)
    {
        KnownPoint known = Known(point);
        return known.Identity(spec => Form(spec ?? At(point)));
    }

    private string Form(TSpec spec) => DescriptionJson.Fingerprint(
        _parts.Identity is { } identity ? $"{identity.Name}\n{identity.Of(spec)}" : DescriptionJson.Canonical(spec));

    private void Refuse(ValueList<int> point)
    {
        ArgumentNullException.ThrowIfNull(point);
        if (point.Count != Dimensions.Count)
            throw new ArgumentOutOfRangeException(nameof(point),
                $"a point must have one value index for each of the {Quantity.Of(Dimensions.Count, "dimension")}, got {point.Count}.");
        for (int d = 0; d < point.Count; d++)
        {
            if (point[d] < 0 || point[d] >= Dimensions[d].Values.Count)
                throw new ArgumentOutOfRangeException(nameof(point), $"\"{Dimensions[d].Name}\" has "
                    + $"{Quantity.Of(Dimensions[d].Values.Count, "value")}, counted from 0, got index {point[d]}.");
        }
    }

    // The specification is forgotten as soon as its identity is known: a hundred thousand of them would be some hundred megabytes.
    private sealed class KnownPoint(PointVerdict<TSpec> verdict)
    {
        private readonly Lock _gate = new();
        private TSpec? _spec = verdict.Kept ? verdict.Spec : default;
        private string? _identity;

        public bool Kept { get; } = verdict.Kept;

        public string Identity(Func<TSpec?, string> form)
        {
            lock (_gate)
            {
                _identity ??= form(_spec);
                _spec = default;
                return _identity;
            }
        }
    }
}
