using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Dimensions of wide residual networks: of one stage each, or tied, one value for several stages. Names are those of
/// <see cref="SpaceFile"/>: <c>stages[0].depth</c>, and <c>stages.depth</c> where stages are tied.
/// </summary>
public static class WideResNetDimensions
{
    /// <summary>One dimension whose value all stages have.</summary>
    /// <typeparam name="T">What JSON can hold, as of every dimension.</typeparam>
    /// <param name="space">The space.</param>
    /// <param name="name">The dimension's name.</param>
    /// <param name="values">Its values.</param>
    /// <param name="apply">Makes a stage from the one so far and a value.</param>
    /// <param name="kind">What samplers may assume of the values; null: what they show.</param>
    public static SearchSpace<WideResNetSpec> VaryStages<T>(
        this SearchSpace<WideResNetSpec> space,
        string name,
        ReadOnlySpan<T> values,
        Func<StageSpec, T, StageSpec> apply,
        DimensionKind? kind = null) =>
        Given(space).Vary(name, values, (spec, value) => OfAll(spec, (stage, _) => apply(stage, value)), kind);

    /// <summary>One dimension whose value some stages have: <c>VaryStages("outer depth", [0, ^1], [1, 2, 4], ...)</c>.</summary>
    /// <typeparam name="T">What JSON can hold, as of every dimension.</typeparam>
    /// <param name="space">The space.</param>
    /// <param name="name">The dimension's name.</param>
    /// <param name="stages">The stages that are tied; <c>^1</c> is the last.</param>
    /// <param name="values">Its values.</param>
    /// <param name="apply">Makes a stage from the one so far and a value.</param>
    /// <param name="kind">What samplers may assume of the values; null: what they show.</param>
    public static SearchSpace<WideResNetSpec> VaryStages<T>(
        this SearchSpace<WideResNetSpec> space,
        string name,
        ReadOnlySpan<Index> stages,
        ReadOnlySpan<T> values,
        Func<StageSpec, T, StageSpec> apply,
        DimensionKind? kind = null)
    {
        Index[] tied = [.. stages];
        return Given(space).Vary(name, values, Applied, kind);

        WideResNetSpec Applied(WideResNetSpec spec, T value) =>
            tied.Aggregate(spec, (changed, stage) => changed.WithStage(stage, blocks => apply(blocks, value)));
    }

    /// <summary>A dimension for each stage: <c>stages[0].NAME</c>, <c>stages[1].NAME</c>, ...</summary>
    /// <typeparam name="T">What JSON can hold, as of every dimension.</typeparam>
    /// <param name="space">The space.</param>
    /// <param name="name">The last part of the dimensions' names.</param>
    /// <param name="values">The values of each.</param>
    /// <param name="apply">Makes a stage from its place, counted from 0, the one so far and a value.</param>
    /// <param name="kind">What samplers may assume of the values; null: what they show.</param>
    public static SearchSpace<WideResNetSpec> VaryEachStage<T>(
        this SearchSpace<WideResNetSpec> space,
        string name,
        ReadOnlySpan<T> values,
        Func<int, StageSpec, T, StageSpec> apply,
        DimensionKind? kind = null)
    {
        for (int s = 0; s < Given(space).Base.Stages.Count; s++)
        {
            int stage = s;
            space = space.Vary(
                $"stages[{stage}].{name}", values, (spec, value) => spec.WithStage(stage, blocks => apply(stage, blocks, value)), kind);
        }
        return space;
    }

    /// <summary>The depths of the stages.</summary>
    /// <param name="space">The space.</param>
    /// <param name="depths">Blocks of a stage.</param>
    /// <param name="tied">One depth for all stages. Default: a dimension for each.</param>
    public static SearchSpace<WideResNetSpec> VaryDepths(
        this SearchSpace<WideResNetSpec> space, ReadOnlySpan<int> depths, bool tied = false) =>
        tied ? space.VaryStages("stages.depth", depths, (stage, depth) => stage with { Depth = depth })
        : space.VaryEachStage("depth", depths, (_, stage, depth) => stage with { Depth = depth });

    /// <summary>The widths of the stages in channels.</summary>
    /// <param name="space">The space.</param>
    /// <param name="widths">Channels of a stage, before a block's expansion.</param>
    /// <param name="tied">One width for all stages. Default: a dimension for each.</param>
    public static SearchSpace<WideResNetSpec> VaryWidths(
        this SearchSpace<WideResNetSpec> space, ReadOnlySpan<int> widths, bool tied = false) =>
        tied ? space.VaryStages("stages.width", widths, (stage, width) => stage with { Width = width })
        : space.VaryEachStage("width", widths, (_, stage, width) => stage with { Width = width });

    /// <summary>
    /// The widening factors of the stages: 16 channels a unit in the first stage, 32 in the second, and so on (Zagoruyko and Komodakis
    /// 2016).
    /// </summary>
    /// <param name="space">The space.</param>
    /// <param name="factors">Widening factors.</param>
    /// <param name="tied">One factor for all stages. Default: a dimension for each.</param>
    public static SearchSpace<WideResNetSpec> VaryWidening(
        this SearchSpace<WideResNetSpec> space, ReadOnlySpan<int> factors, bool tied = false) =>
        tied ? Given(space).Vary("stages.widening", factors, (spec, factor) => OfAll(spec, (stage, s) => Widened(s, stage, factor)))
        : space.VaryEachStage("widening", factors, Widened);

    /// <summary>The widths of all stages by one multiplier.</summary>
    /// <param name="space">The space.</param>
    /// <param name="multipliers">What the widths so far are multiplied by.</param>
    /// <param name="step">Widths are rounded to the nearest multiple of it, and not below it. Default 8, as <see cref="Free"/>'s.</param>
    public static SearchSpace<WideResNetSpec> VaryWidthMultipliers(
        this SearchSpace<WideResNetSpec> space, ReadOnlySpan<double> multipliers, int step = 8)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        return Given(space).Vary("stages.widthMultiplier", multipliers, (spec, multiplier) => Multiplied(spec, multiplier, step));
    }

    internal static StageSpec Widened(int stage, StageSpec blocks, int factor) =>
        blocks with { Width = checked((int)((16L << Math.Min(stage, 40)) * factor)) };

    internal static WideResNetSpec Multiplied(WideResNetSpec spec, double multiplier, int step) =>
        OfAll(spec, (stage, _) => stage with { Width = checked((int)Math.Max(step, Math.Round(stage.Width * multiplier / step) * step)) });

    internal static WideResNetSpec OfAll(WideResNetSpec spec, Func<StageSpec, int, StageSpec> change) =>
        spec with { Stages = spec.Stages.Select(change).ToValueList() };

    private static SearchSpace<WideResNetSpec> Given(SearchSpace<WideResNetSpec> space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return space;
    }
}
