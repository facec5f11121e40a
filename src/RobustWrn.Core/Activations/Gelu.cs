using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>x * Phi(x), Phi the normal distribution function, exact by erf (Hendrycks and Gimpel 2016, arXiv 1606.08415).</summary>
public sealed record Gelu : IActivation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "gelu";

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input) => trace.Elementwise(input, KeptForBackward.Input);

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(int channels) => nn.GELU();

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
