using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A two-dimensional convolution without bias, its weights drawn from a <see cref="RandomStream"/> (torch's own layer draws them from the global generator):
/// normal with standard deviation sqrt(2 / (kernel^2 * outChannels)), as in the code of Huang et al. 2021.
/// </summary>
public sealed class ConvolutionLayer : nn.Module<Tensor, Tensor>, IDrawnAtRandom
{
    private readonly Parameter weight;
    private readonly long[] _stride, _padding;

    /// <summary>Creates the layer with weights of zero.</summary>
    /// <param name="inChannels">Channels of its input.</param>
    /// <param name="outChannels">Channels of its output.</param>
    /// <param name="kernel">Side of its window.</param>
    /// <param name="stride">Step of its window.</param>
    /// <param name="padding">Zeros added on each side.</param>
    public ConvolutionLayer(int inChannels, int outChannels, int kernel, int stride, int padding)
        : base(nameof(ConvolutionLayer))
    {
        _stride = [stride, stride];
        _padding = [padding, padding];
        weight = new Parameter(zeros(outChannels, inChannels, kernel, kernel));
        weight.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>(out, in, kernel, kernel).</summary>
    public Parameter Weight => weight;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => nn.functional.conv2d(input, weight, null, _stride, _padding);

    /// <inheritdoc/>
    public void Draw(RandomStream stream)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        double deviation = Math.Sqrt(2.0 / (weight.shape[2] * weight.shape[3] * weight.shape[0]));
        weight.copy_(stream.Normal([0], weight.shape).reshape(weight.shape).Times(deviation));
    }
}
