using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Group normalisation (Wu and He 2018, arXiv 1803.08494): by the statistics of groups of channels of each image, the same in training
/// and evaluation.
/// </summary>
public sealed record GroupNormalization : IFeatureNormalization
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "group-norm";

    /// <summary>
    /// Channels in a group; fewer channels than that are one group. Default 8, as in the code of Lu et al. 2022 (arXiv 2212.11005).
    /// </summary>
    public int ChannelsPerGroup { get; init; } = 8;

    /// <summary>Added to the variance. Default 1e-5, PyTorch's.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input)
    {
        if (input.Channels % Groups(input.Channels) != 0)
            trace.Report(new Problem(nameof(ChannelsPerGroup), $"must divide the channels into equal groups, got {Quantity.Of(input.Channels, "channel")} in {Groups(input.Channels)} groups. Use widths that are multiples of {ChannelsPerGroup}."));
        return trace.ScaleAndShift(input);
    }

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(int channels)
    {
        TorchSharp.Modules.GroupNorm layer = nn.GroupNorm(Groups(channels), channels, Epsilon);
        // TorchSharp 0.107.0 leaves scale and shift as the memory was.
        nn.init.ones_(layer.weight!);
        nn.init.zeros_(layer.bias!);
        return layer;
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
        [.. Rule.Positive(ChannelsPerGroup, most: SpecLimits.MostChannels), .. Rule.Positive(Epsilon)];

    private int Groups(int channels) => Math.Max(1, channels / Math.Max(1, ChannelsPerGroup));
}
