using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>How features are normalised inside a network.</summary>
public interface IFeatureNormalization : IDescription
{
    /// <summary>Says what it costs; reports channels it cannot take.</summary>
    FeatureMap Trace(CostTrace trace, FeatureMap input);

    /// <summary>Builds it for a number of channels, its scale 1 and its shift 0.</summary>
    /// <returns>
    /// A module from (N, C, H, W) to the same shape that does not change its input. The network that holds it disposes it.
    /// </returns>
    nn.Module<Tensor, Tensor> Build(int channels);
}
