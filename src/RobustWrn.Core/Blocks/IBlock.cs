using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A residual block: how one is built for a place in a network, and what it costs there.</summary>
public interface IBlock : IDescription
{
    /// <summary>Learned numbers.</summary>
    long Parameters(BlockShape shape);

    /// <summary>Multiply-adds of its convolutions and linear layers for one image.</summary>
    /// <param name="shape">The block's place.</param>
    /// <param name="height">Rows of its input.</param>
    /// <param name="width">Columns of its input.</param>
    long MultiplyAdds(BlockShape shape, int height, int width);

    /// <summary>Builds it, its weights not yet drawn.</summary>
    /// <returns>A module from (N, in, H, W) to (N, out, ceil(H / stride), ceil(W / stride)). The network that holds it disposes it.</returns>
    nn.Module<Tensor, Tensor> Build(BlockShape shape);
}

/// <summary>The place of a block in a network.</summary>
/// <param name="InChannels">Channels of its input.</param>
/// <param name="OutChannels">Channels of its output.</param>
/// <param name="Stride">Step of its first convolution.</param>
/// <param name="Activation">The nonlinearity.</param>
/// <param name="Dropout">Probability that a feature is dropped between its convolutions, in [0, 1).</param>
public sealed record BlockShape(int InChannels, int OutChannels, int Stride, IActivation Activation, double Dropout);
