using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// x * sigmoid(x), also called Swish (Elfwing et al. 2018; Ramachandran et al. 2017): the leaderboards' usual choice since Gowal et al.
/// 2020.
/// </summary>
public sealed record Silu : IActivation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "silu";

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input) => trace.Elementwise(input, KeptForBackward.Input);

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(int channels) => nn.SiLU();

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
