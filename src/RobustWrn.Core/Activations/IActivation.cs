using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A nonlinearity of a network.</summary>
public interface IActivation : IDescription
{
    /// <summary>Says what it costs: its learned numbers, and what it keeps for the backward pass.</summary>
    FeatureMap Trace(CostTrace trace, FeatureMap input);

    /// <summary>Builds it for a number of channels.</summary>
    /// <returns>
    /// A module from (N, C, H, W) to the same shape that does not change its input. The network that holds it disposes it.
    /// </returns>
    nn.Module<Tensor, Tensor> Build(int channels);
}
