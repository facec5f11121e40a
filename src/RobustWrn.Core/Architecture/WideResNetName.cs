namespace RobustWrn.Core;

/// <summary>Short names: the published one where the depths, widths and strides are those of a published network, else depths and widths.</summary>
internal static class WideResNetName
{
    private static readonly int[] PublishedStrides = [1, 2, 2];

    public static string Of(WideResNetSpec spec)
    {
        if (spec.Stages is null || spec.Stem is null || spec.Stages.Any(stage => stage is null))
            return "WRN (incomplete)";
        int[] depths = [.. spec.Stages.Select(stage => stage.Depth)], widths = [.. spec.Stages.Select(stage => stage.Width)];
        bool plain = spec.Stem is { Width: 16, Stride: 1 } && spec.Stages.Select(stage => stage.Stride).SequenceEqual(PublishedStrides)
            && spec.Stages.All(stage => stage.Block is BasicBlock);
        if (plain && depths.Distinct().Count() == 1 && widths[0] % 16 == 0 && widths[1] == 2 * widths[0] && widths[2] == 4 * widths[0])
            return $"WRN-{6 * depths[0] + 4}-{widths[0] / 16}";
        if (plain && depths is [5, 5, 5] && widths is [320, 640, 512])
            return "WRN-34-R";
        return $"WRN {string.Join('-', depths)} / {string.Join('-', widths)}";
    }
}
