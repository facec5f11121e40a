using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A random change of training images that mixes each example with another of its batch, and with it their labels.
/// A new one is one new file.
/// </summary>
/// <remarks>
/// What the stream and the example's id decide: whether and how much an example is mixed, and its place in the order in which each
/// example is mixed with the next. What the batch decides: which other examples stand in that order. So the position in the batch does
/// not matter, but its members do.
/// </remarks>
public interface IBatchAugmentation : IDescription
{
    /// <summary>Mixes a batch.</summary>
    /// <param name="images">
    /// (N, C, H, W), float in [0, 1] or uint8 in 0 .. 255, any device; not changed, not disposed. One image alone stays as it is.
    /// </param>
    /// <param name="labels">Classes, int64 (N), on the same device; not changed, not disposed.</param>
    /// <param name="noise">The stream of this epoch. An implementation draws from <c>noise.For(TypeName)</c>.</param>
    /// <param name="examples">The ids of the N examples.</param>
    /// <returns>New images of the same shape, dtype and device, and what their labels became. The caller disposes them.</returns>
    MixedBatch Apply(Tensor images, Tensor labels, RandomStream noise, ReadOnlySpan<long> examples);
}
