using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// log(1 + exp(beta * x)) / beta (Dugas et al. 2001), the smooth stand-in for ReLU of smooth adversarial training (Xie et al.
/// 2020, arXiv 2006.14536).
/// </summary>
public sealed record Softplus : IActivation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "softplus";

    /// <summary>How sharp the bend is; ReLU is its limit. Default 1, PyTorch's.</summary>
    public double Beta { get; init; } = 1;

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input) => trace.Elementwise(input, KeptForBackward.Input);

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(int channels) => new ElementwiseModule(nameof(Softplus), input => input.Softplus(Beta));

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.Positive(Beta);
}
