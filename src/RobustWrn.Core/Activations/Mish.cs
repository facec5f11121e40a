using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>x * tanh(softplus(x)) (Misra 2019, arXiv 1908.08681).</summary>
public sealed record Mish : IActivation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "mish";

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input)
    {
        // TorchSharp's layer writes the formula out, so the tanh is kept too.
        FeatureMap tanh = trace.Elementwise(trace.Elementwise(input, KeptForBackward.Input), KeptForBackward.Output);
        return trace.Multiply(input, tanh);
    }

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(int channels) => new ElementwiseModule(nameof(Mish), input => input * input.Softplus(1).tanh());

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
