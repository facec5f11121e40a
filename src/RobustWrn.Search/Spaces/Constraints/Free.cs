using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The numbers of wide residual networks that a hard constraint can be solved for:
/// <c>space.AtMultiplyAdds(5e9, tolerance: 0.01, Free.Width(^1))</c>.
/// </summary>
public static class Free
{
    // Wider than any published stage (1,024 in WRN-94-16) by 8; deeper than any (31 in RaWRN-70-16) by 32.
    private const int MostWidth = 8_192, MostDepth = 1_000;

    /// <summary>The width of one stage.</summary>
    /// <param name="stage">Which one; <c>^1</c> is the last.</param>
    /// <param name="least">The smallest width. Default 8.</param>
    /// <param name="most">The largest width. Default 8,192.</param>
    /// <param name="step">The distance between widths. Default 8, as <see cref="ScalingRule.WidthMultiple"/>.</param>
    public static FreeInteger<WideResNetSpec> Width(Index stage, int least = 8, int most = MostWidth, int step = 8) =>
        new($"stages[{stage}].width", (spec, width) => spec.WithStage(stage, blocks => blocks with { Width = width }))
        {
            Least = least,
            Most = most,
            Step = step,
            Irregular = spec => EqualChannels(spec, stage),
        };

    /// <summary>
    /// The widths of all stages by one multiplier: the number is the first stage's width, and the others keep their ratio to it as the
    /// point's network has it, rounded to the nearest multiple of the step.
    /// </summary>
    /// <param name="least">The smallest width of the first stage. Default 8.</param>
    /// <param name="most">The largest width of the first stage. Default 8,192.</param>
    /// <param name="step">Widths are multiples of it. Default 8.</param>
    public static FreeInteger<WideResNetSpec> Widths(int least = 8, int most = MostWidth, int step = 8) =>
        new("stages.width", (spec, width) => spec with
        {
            Stages = [.. spec.Stages.Select((stage, s) => stage with { Width = Scaled(spec, s, width, step) })],
        })
        {
            Least = least,
            Most = most,
            Step = step,
            Irregular = spec => EqualChannels(spec, least, most, step),
        };

    /// <summary>The depth of one stage.</summary>
    /// <param name="stage">Which one; <c>^1</c> is the last.</param>
    /// <param name="least">The fewest blocks. Default 1.</param>
    /// <param name="most">The most blocks. Default 1,000.</param>
    public static FreeInteger<WideResNetSpec> Depth(Index stage, int least = 1, int most = MostDepth) =>
        new($"stages[{stage}].depth", (spec, depth) => spec.WithStage(stage, blocks => blocks with { Depth = depth }))
        {
            Least = least,
            Most = most,
        };

    /// <summary>The depth of all stages, the same in each.</summary>
    /// <param name="least">The fewest blocks. Default 1.</param>
    /// <param name="most">The most blocks. Default 1,000.</param>
    public static FreeInteger<WideResNetSpec> Depths(int least = 1, int most = MostDepth) =>
        new("stages.depth", (spec, depth) => spec with { Stages = [.. spec.Stages.Select(stage => stage with { Depth = depth })] })
        {
            Least = least,
            Most = most,
        };

    private static int Scaled(WideResNetSpec spec, int stage, int first, int step)
    {
        if (stage == 0)
            return first;
        double exact = (double)first * spec.Stages[stage].Width / Math.Max(1, spec.Stages[0].Width);
        return (int)Math.Clamp(Math.Round(exact / step) * step, step, int.MaxValue);
    }

    // Where a stage has the channels of the one before or behind it, a shortcut needs no convolution.
    private static IEnumerable<int> EqualChannels(WideResNetSpec spec, Index stage)
    {
        int at = stage.GetOffset(spec.Stages.Count);
        if (at < 0 || at >= spec.Stages.Count)
            return [];
        int expansion = spec.Stages[at].Block.OutChannels(1);
        int before = at == 0 ? spec.Stem.Width : spec.Stages[at - 1].OutChannels;
        int[] channels = at + 1 < spec.Stages.Count ? [before, spec.Stages[at + 1].OutChannels] : [before];
        return channels.Where(count => count % expansion == 0).Select(count => count / expansion);
    }

    private static IEnumerable<int> EqualChannels(WideResNetSpec spec, int least, int most, int step)
    {
        string large = Signature(most);
        for (long width = least; width <= most; width += step)
        {
            if (Signature((int)width) != large)
                yield return (int)width;
        }

        string Signature(int first)
        {
            Span<char> equal = stackalloc char[Math.Min(spec.Stages.Count, 64)];
            int before = spec.Stem.Width;
            for (int s = 0; s < equal.Length; s++)
            {
                int channels = spec.Stages[s].Block.OutChannels(Scaled(spec, s, first, step));
                equal[s] = channels == before ? '=' : '.';
                before = channels;
            }
            return new string(equal);
        }
    }
}
