using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A residual block: how one is built for a place in a network, and what it costs there.</summary>
public interface IBlock : IDescription
{
    /// <summary>Channels of its output for the width of its stage: the width itself, or a multiple for blocks that expand.</summary>
    int OutChannels(int width);

    /// <summary>Says which layers it runs, in shapes only; reports what cannot be built.</summary>
    /// <param name="trace">Adds up the cost.</param>
    /// <param name="input">What the block reads.</param>
    /// <param name="shape">The block's place.</param>
    /// <returns>What it writes: (out, ceil(H / stride), ceil(W / stride)).</returns>
    FeatureMap Trace(CostTrace trace, FeatureMap input, BlockShape shape);

    /// <summary>Builds it, its weights not yet drawn.</summary>
    /// <returns>A module from (N, in, H, W) to (N, out, ceil(H / stride), ceil(W / stride)). The network that holds it disposes it.</returns>
    nn.Module<Tensor, Tensor> Build(BlockShape shape);
}
