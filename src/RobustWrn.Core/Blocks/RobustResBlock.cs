using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The block of RobustResNet (Lu et al. 2022, arXiv 2212.11005): a bottleneck whose 3x3 convolution is split into <see cref="Scales"/> groups of channels that pass their
/// results on (Gao et al. 2019, arXiv 1904.01169), aggregated over <see cref="Cardinality"/> paths (Xie et al. 2017), with squeeze and excitation beside the sum:
/// out + shortcut + SE(norm(out)). Its first convolution reads the raw input, and only the shortcut's reads the activated one, as in the authors' code.
/// </summary>
public sealed record RobustResBlock : IBlock
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "robust-res";

    // Each is a convolution of its own in every block; the paper has 4 to 8.
    private const int MostScales = 64;

    /// <summary>Channels it writes for each channel of the stage's width.</summary>
    internal const int Expansion = 4;

    /// <summary>Groups of channels that pass their results on, at least 2. Default 8, as in RobustResNet-A1..A4.</summary>
    public int Scales { get; init; } = 8;

    /// <summary>Channels of a scale and path at a stage width of 160. Default 10, as in RobustResNet-A1..A4.</summary>
    public int BaseWidth { get; init; } = 10;

    /// <summary>Paths of the 3x3 convolutions. Default 4, as in RobustResNet-A1..A4.</summary>
    public int Cardinality { get; init; } = 4;

    /// <summary>By how much squeeze and excitation squeezes. Default 64, as in RobustResNet-A1..A4.</summary>
    public int SqueezeReduction { get; init; } = 64;

    /// <inheritdoc/>
    public int OutChannels(int width) => checked(Expansion * width);

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input, BlockShape shape)
    {
        FeatureMap Activated(FeatureMap map) => shape.Activation.Trace(trace, shape.Normalization.Trace(trace, map));
        int outChannels = OutChannels(shape.Width), scale = ScaleWidth(shape.Width);
        if (scale < 1)
            trace.Report(new Problem(nameof(BaseWidth), $"must give at least one channel: floor(width * {BaseWidth} / 160) is 0 at width {shape.Width}. Raise the base width or the stage's width."));
        if (outChannels / SqueezeReduction < 1)
            trace.Report(new Problem(nameof(SqueezeReduction), $"must leave at least 1 of {outChannels} channels, got {SqueezeReduction}. Reduce less or widen the stage."));
        FeatureMap shortcut = input;
        if (HasShortcutConvolution(shape))
            shortcut = trace.Convolution(Activated(input), outChannels, 1, shape.Stride, padding: shape.Padding);
        else
            trace.Learn(Unread(input, shape).Parameters);
        FeatureMap split = Activated(trace.Convolution(input, checked(scale * Scales), 1));
        List<FeatureMap> parts = [];
        for (int s = 0; s < Scales - 1; s++)
        {
            FeatureMap part = trace.Slice(split, scale);
            if (s > 0 && shape.Stride == 1)
                part = trace.Add(part, parts[^1]);
            parts.Add(Activated(trace.Convolution(part, scale, 3, shape.Stride, Cardinality, padding: shape.Padding)));
        }
        FeatureMap last = trace.Slice(split, scale);
        parts.Add(shape.Stride == 1 ? last : trace.AveragePool(last, shape.Stride));
        FeatureMap joined = trace.Concatenate(parts);
        if (shape.Dropout > 0)
            joined = StreamDropout.Trace(trace, joined);
        FeatureMap main = trace.Convolution(joined, outChannels, 1);
        FeatureMap excited = SqueezeExcitation.Trace(trace, shape.Normalization.Trace(trace, main), outChannels / SqueezeReduction, hasBias: false);
        return trace.Add(trace.Add(main, shortcut), excited);
    }

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(BlockShape shape) => new RobustResModule(this, shape);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Between(Scales, 2, MostScales), .. Rule.Positive(BaseWidth, most: SpecLimits.MostChannels),
        .. Rule.Positive(Cardinality, most: SpecLimits.MostChannels), .. Rule.Positive(SqueezeReduction, most: SpecLimits.MostChannels),
    ];

    // Without a shortcut convolution nobody reads the activated input, so nothing of it is kept.
    private static CostTrace Unread(FeatureMap input, BlockShape shape)
    {
        CostTrace aside = new();
        shape.Activation.Trace(aside, shape.Normalization.Trace(aside, new FeatureMap(input.Channels, input.Height, input.Width)));
        return aside;
    }

    /// <summary>Channels of one scale: floor(width * base width / 160) for each path.</summary>
    internal int ScaleWidth(int width) => checked((int)(Math.Floor(width * (BaseWidth / 160.0)) * Cardinality));

    internal bool HasShortcutConvolution(BlockShape shape) => shape.Stride > 1 || shape.InChannels != OutChannels(shape.Width);
}
