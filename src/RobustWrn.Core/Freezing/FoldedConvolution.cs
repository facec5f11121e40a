using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A convolution with what was folded into it.</summary>
/// <param name="Layer">Where its stride, padding and groups are from.</param>
/// <param name="Weight">(out, in / groups, kernel, kernel); the folding's.</param>
/// <param name="Bias">(out), or null; the folding's.</param>
internal sealed record FoldedConvolution(ConvolutionLayer Layer, Tensor Weight, Tensor? Bias)
{
    /// <summary>The side of its window.</summary>
    public int Kernel => (int)Weight.shape[2];

    public Tensor Apply(Tensor features) => Layer.Convolve(features, Weight, Bias);

    /// <summary>The same on features that have their padding already.</summary>
    public Tensor ApplyPadded(Tensor features) => nn.functional.conv2d(features, Weight, Bias, [Layer.Stride, Layer.Stride], [0, 0], groups: Layer.Groups);

    /// <summary>Zeros above and left of features with a side, and below and right.</summary>
    public (int Before, int After) Padding(long size)
    {
        if (Layer.Padding == Core.Padding.Symmetric)
            return (Kernel / 2, Kernel / 2);
        int total = Paddings.Total(size, Kernel, Layer.Stride);
        return (total / 2, total - total / 2);
    }
}
