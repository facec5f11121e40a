using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Batch normalisation (Ioffe and Szegedy 2015): by the statistics of the batch while training, by running statistics in evaluation.
/// </summary>
public sealed record BatchNormalization : IFeatureNormalization
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "batch-norm";

    /// <summary>
    /// The weight of a new batch in the running statistics, in (0, 1]. Default 0.1, PyTorch's, as in Huang et al. 2021; Gowal et al.
    /// 2020 use 0.01.
    /// </summary>
    public double Momentum { get; init; } = 0.1;

    /// <summary>Added to the variance. Default 1e-5, PyTorch's.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input) => trace.ScaleAndShift(input);

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(int channels) => new BatchNormLayer(channels, Epsilon, Momentum);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
        [.. Rule.Positive(Epsilon), .. Rule.Share(Momentum)];
}
