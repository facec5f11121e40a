namespace RobustWrn.Core;

/// <summary>The closed form of a wide residual network's cost. Checked arithmetic: numbers that do not fit are an <see cref="OverflowException"/>.</summary>
internal static class WideResNetCost
{
    // 4 TiB of float32 weights: beyond any machine, so a slip of the keyboard.
    private const long MostParameters = 1L << 40;

    public static NetworkCost Of(WideResNetSpec spec, int height, int width)
    {
        checked
        {
            List<PartCost> parts = [];
            int channels = spec.Stem.Width;
            (height, width) = (LayerCost.Strided(height, spec.Stem.Stride), LayerCost.Strided(width, spec.Stem.Stride));
            long stem = LayerCost.ConvolutionParameters(spec.InputChannels, channels, 3);
            parts.Add(new PartCost("stem", stem, stem * height * width, channels, height, width));
            for (int s = 0; s < spec.Stages.Count; s++)
            {
                StageSpec stage = spec.Stages[s];
                BlockShape first = spec.Shape(s, 0), other = spec.Shape(s, 1);
                long parameters = stage.Block.Parameters(first), multiplyAdds = stage.Block.MultiplyAdds(first, height, width);
                (height, width) = (LayerCost.Strided(height, first.Stride), LayerCost.Strided(width, first.Stride));
                if (stage.Depth > 1) // all blocks after the first are alike
                {
                    parameters += (stage.Depth - 1) * stage.Block.Parameters(other);
                    multiplyAdds += (stage.Depth - 1) * stage.Block.MultiplyAdds(other, height, width);
                }
                channels = stage.Width;
                parts.Add(new PartCost($"stage {s + 1}", parameters, multiplyAdds, channels, height, width));
            }
            long linear = (long)channels * spec.Classes;
            long head = LayerCost.BatchNormParameters(channels) + spec.FinalActivation.Parameters(channels) + linear + spec.Classes;
            parts.Add(new PartCost("head", head, linear, spec.Classes, 1, 1));
            return NetworkCost.Of(parts);
        }
    }

    /// <summary>The problem of a network, its parts valid, that is too large to exist.</summary>
    public static IEnumerable<Problem> SizeProblems(WideResNetSpec spec)
    {
        string size;
        try
        {
            long parameters = Of(spec, 1, 1).Parameters;
            if (parameters <= MostParameters)
                return [];
            size = $"{parameters}";
        }
        catch (OverflowException)
        {
            size = "more than a 64-bit number holds";
        }
        return [new Problem(nameof(WideResNetSpec.Stages), $"must give a network of at most 2^40 parameters, got {size}. Reduce widths or depths.")];
    }
}
