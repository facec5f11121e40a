using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>x where x is positive, <see cref="Slope"/> * x elsewhere (Maas et al. 2013).</summary>
public sealed record LeakyRelu : IActivation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "leaky-relu";

    /// <summary>The factor of negative inputs. Default 0.01, PyTorch's, which the code of Huang et al. 2021 uses.</summary>
    public double Slope { get; init; } = 0.01;

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input) => trace.Elementwise(input, KeptForBackward.Input);

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(int channels) => new ElementwiseModule(nameof(LeakyRelu), input => input.LeakyRelu(Slope));

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.NotNegative(Slope);
}
