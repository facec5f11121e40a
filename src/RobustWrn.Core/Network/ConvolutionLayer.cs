using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A two-dimensional convolution that keeps the size at stride 1, its weights drawn from a <see cref="RandomStream"/> (torch's own layer
/// draws them from the global generator): normal with standard deviation sqrt(2 / (kernel^2 * outChannels)), as in the code of Huang et
/// al. 2021, and a bias of 0.
/// </summary>
public sealed class ConvolutionLayer : nn.Module<Tensor, Tensor>, IDrawnAtRandom
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly long[] _stride, _padding;

    /// <summary>Creates the layer with weights of zero.</summary>
    /// <param name="inChannels">Channels of its input.</param>
    /// <param name="outChannels">Channels of its output.</param>
    /// <param name="kernel">Side of its window, odd.</param>
    /// <param name="stride">Step of its window.</param>
    /// <param name="groups">Groups of channels that see only each other; divides both sides.</param>
    /// <param name="hasBias">Whether it adds a learned number a channel.</param>
    /// <param name="padding">Where zeros are added.</param>
    public ConvolutionLayer(int inChannels, int outChannels, int kernel, int stride = 1, int groups = 1, bool hasBias = false, Padding padding = Padding.Symmetric)
        : base(nameof(ConvolutionLayer))
    {
        _stride = [stride, stride];
        _padding = [kernel / 2, kernel / 2];
        (Groups, Padding) = (groups, padding);
        weight = new Parameter(zeros(outChannels, inChannels / groups, kernel, kernel));
        weight.DetachFromDisposeScope();
        if (hasBias)
        {
            bias = new Parameter(zeros(outChannels));
            bias.DetachFromDisposeScope();
        }
        RegisterComponents();
    }

    /// <summary>(out, in / groups, kernel, kernel).</summary>
    public Parameter Weight => weight;

    /// <summary>(out), or null.</summary>
    public Parameter? Bias => bias;

    /// <summary>Step of its window.</summary>
    public int Stride => (int)_stride[0];

    /// <summary>Groups of channels that see only each other.</summary>
    public int Groups { get; }

    /// <summary>Where zeros are added.</summary>
    public Padding Padding { get; }

    /// <summary>
    /// Whether its weights start at zero instead of being drawn: the last convolution of a residual branch that starts as nothing.
    /// </summary>
    public bool StartsAtZero { get; init; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Convolve(input, weight, bias);

    /// <summary>The same convolution with other weights of the same shape.</summary>
    /// <param name="input">(N, in, H, W).</param>
    /// <param name="weights">(out, in / groups, kernel, kernel).</param>
    /// <param name="shift">(out), or null.</param>
    /// <returns>(N, out, ceil(H / stride), ceil(W / stride)). The caller disposes it.</returns>
    public Tensor Convolve(Tensor input, Tensor weights, Tensor? shift)
    {
        if (Padding == Padding.Symmetric)
            return nn.functional.conv2d(input, weights, shift, _stride, _padding, groups: Groups);
        int kernel = (int)weights.shape[2];
        (int rows, int columns) = (Paddings.Total(input.shape[2], kernel, Stride), Paddings.Total(input.shape[3], kernel, Stride));
        if (rows % 2 == 0 && columns % 2 == 0)
            return nn.functional.conv2d(input, weights, shift, _stride, [rows / 2, columns / 2], groups: Groups);
        using Tensor padded = nn.functional.pad(input, [columns / 2, columns - columns / 2, rows / 2, rows - rows / 2]);
        return nn.functional.conv2d(padded, weights, shift, _stride, [0, 0], groups: Groups);
    }

    /// <inheritdoc/>
    public void Draw(RandomStream stream)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        bias?.zero_();
        if (StartsAtZero)
        {
            weight.zero_();
            return;
        }
        double deviation = Math.Sqrt(2.0 / (weight.shape[2] * weight.shape[3] * weight.shape[0]));
        weight.copy_(stream.Normal([0], weight.shape).reshape(weight.shape).Times(deviation));
    }
}
