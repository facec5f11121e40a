using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A random change of training images, drawn for each example on its own. A new augmentation is one new file.</summary>
/// <remarks>What mixes several examples, and therefore their labels, is an <see cref="IBatchAugmentation"/>.</remarks>
public interface IAugmentation : IDescription
{
    /// <summary>Changes a batch.</summary>
    /// <param name="images">(N, C, H, W), float in [0, 1] or uint8 in 0 .. 255, any device; not changed, not disposed.</param>
    /// <param name="noise">
    /// The stream of this epoch. An implementation draws from <c>noise.For(TypeName)</c>, so that several with one stream stay
    /// independent.
    /// </param>
    /// <param name="examples">
    /// The ids of the N examples: what happens to one depends on the stream and its id only, whatever the batch.
    /// </param>
    /// <returns>A new tensor of the same shape, dtype and device. The caller disposes it.</returns>
    Tensor Apply(Tensor images, RandomStream noise, ReadOnlySpan<long> examples);
}
