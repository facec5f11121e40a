using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>x where x is positive, alpha * (exp(x) - 1) elsewhere (Clevert et al. 2016, arXiv 1511.07289).</summary>
public sealed record Elu : IActivation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "elu";

    /// <summary>Minus the limit at minus infinity. Default 1, the paper's.</summary>
    public double Alpha { get; init; } = 1;

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input) => trace.Elementwise(input, KeptForBackward.Input);

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(int channels) => new ElementwiseModule(nameof(Elu), input => input.Elu(Alpha));

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.Positive(Alpha);
}
