using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>max(0, x) (Nair and Hinton 2010): the activation of Huang et al. 2021.</summary>
public sealed record Relu : IActivation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "relu";

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input) => trace.Elementwise(input, KeptForBackward.Output);

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(int channels) => nn.ReLU();

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
