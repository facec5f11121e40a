using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// A whole number of a network that a hard constraint is solved for. <see cref="Free"/> has those of wide residual networks.
/// </summary>
/// <typeparam name="TSpec">The specification searched over.</typeparam>
/// <param name="name">Its name in fingerprints and messages: <c>stages[2].width</c>.</param>
/// <param name="apply">Gives the network the number. Must depend on these two only.</param>
public sealed class FreeInteger<TSpec>(string name, Func<TSpec, int, TSpec> apply)
    where TSpec : INetworkSpec
{
    // As many as there are channels of a layer.
    private const int MostValues = SpecLimits.MostChannels;

    /// <summary>Its name.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>The smallest value. Default 1.</summary>
    public int Least { get; init; } = 1;

    /// <summary>The largest value. Default 1,000.</summary>
    public int Most { get; init; } = 1_000;

    /// <summary>The distance between values. Default 1.</summary>
    public int Step { get; init; } = 1;

    /// <summary>
    /// Values at which the cost may be out of order, as where a width is that of the stage before and a shortcut falls away. Each is looked
    /// at for itself. Null: none.
    /// </summary>
    public Func<TSpec, IEnumerable<int>>? Irregular { get; init; }

    /// <summary>The number of values.</summary>
    internal int Count => Least > Most || Step < 1 ? 0 : (int)Math.Min(((long)Most - Least) / Step + 1, int.MaxValue);

    internal int At(int index) => Least + index * Step;

    internal TSpec Apply(TSpec spec, int value) =>
        apply(spec, value) ?? throw new InvalidOperationException("the function returned null");

    internal FreeInteger<TOther> On<TOther>(Func<TOther, TSpec> down, Func<TSpec, TOther> up)
        where TOther : INetworkSpec => new(Name, (spec, value) => up(Apply(down(spec), value)))
        {
            Least = Least,
            Most = Most,
            Step = Step,
            Irregular = Irregular is { } irregular ? spec => irregular(down(spec)) : null,
        };

    /// <summary>The same number between other bounds; null leaves one as it is.</summary>
    internal FreeInteger<TSpec> Within(int? least, int? most) => new(Name, apply)
    {
        Least = least ?? Least,
        Most = most ?? Most,
        Step = Step,
        Irregular = Irregular,
    };

    internal IEnumerable<Problem> Problems() =>
    [
        .. Rule.Text(Name, "Name"),
        .. Rule.Positive(Step, most: MostValues),
        .. Rule.Holds(Least <= Most, nameof(Least), $"must be at most the largest value, {Most}, got {Least}."),
        .. Rule.Holds(Count <= MostValues, nameof(Most), $"must leave at most {MostValues} values, got {Count}. Take a larger step."),
    ];

    /// <summary>Name and values.</summary>
    public override string ToString() => $"{Excerpt.Of(Name)} in [{Least}, {Most}]{(Step == 1 ? "" : $" in steps of {Step}")}";
}
