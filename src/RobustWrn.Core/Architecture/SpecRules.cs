namespace RobustWrn.Core;

/// <summary>Rules that the specs of all networks share.</summary>
internal static class SpecRules
{
    /// <summary>Classes, images and what normalises them.</summary>
    public static IEnumerable<Problem> Of(INetworkSpec spec, IFeatureNormalization features, Normalization pixels) =>
    [
        .. Rule.Holds(spec.Classes >= 2, nameof(spec.Classes), $"must be at least 2, got {spec.Classes}."),
        .. Rule.Holds(spec.Classes <= SpecLimits.MostClasses, nameof(spec.Classes),
            $"must be at most {SpecLimits.MostClasses}, got {spec.Classes}."),
        .. Rule.Positive(spec.InputChannels, nameof(spec.InputChannels), most: SpecLimits.MostInputChannels),
        .. features.ProblemsAs("FeatureNormalization"),
        .. pixels is null ? [new Problem("Normalization", "must be given, got null.")] : pixels.Problems(spec.InputChannels),
    ];

    /// <summary>At least one stage, and the problems of each.</summary>
    public static IEnumerable<Problem> OfStages<T>(ValueList<T>? stages, Func<T, IEnumerable<Problem>> problems)
        where T : class =>
        [.. Rule.NotEmpty(stages, "Stages"), .. stages is null ? [] : Rule.Each(stages, problems, "Stages")];

    /// <summary>The stages with one changed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stage.</exception>
    public static ValueList<T> WithStage<T>(ValueList<T> stages, Index stage, Func<T, T> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        int at = stage.GetOffset(stages.Count);
        if (at < 0 || at >= stages.Count)
            throw new ArgumentOutOfRangeException(nameof(stage), $"the network has {Quantity.Of(stages.Count, "stage")}, got {stage}.");
        return stages.With(at, change(stages[at]));
    }

    /// <summary>One stage for each depth and width.</summary>
    /// <exception cref="ArgumentException">There are not as many widths as depths.</exception>
    public static ValueList<T> Stages<T>(ReadOnlySpan<int> depths, ReadOnlySpan<int> widths, Func<int, int, int, T> stage)
    {
        if (depths.Length != widths.Length)
            throw new ArgumentException($"there must be one width for each depth, got {depths.Length} depths and {widths.Length} widths.", nameof(widths));
        T[] stages = new T[depths.Length];
        for (int i = 0; i < stages.Length; i++)
            stages[i] = stage(i, depths[i], widths[i]);
        return [.. stages];
    }
}
