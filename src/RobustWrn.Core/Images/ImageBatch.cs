using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A batch ready for a network. Owns its tensors.</summary>
/// <param name="images">Pixels, float32 (N, C, H, W) in [0, 1].</param>
/// <param name="labels">Classes, int64 (N).</param>
/// <param name="examples">The ids of the N examples in their split, at least 0: what per-example randomness is keyed by.</param>
public sealed class ImageBatch(Tensor images, Tensor labels, long[] examples) : IDisposable
{
    /// <summary>Pixels, float32 (N, C, H, W) in [0, 1].</summary>
    public Tensor Images { get; } = images;

    /// <summary>Classes, int64 (N).</summary>
    public Tensor Labels { get; } = labels;

    /// <summary>The ids of the examples in their split.</summary>
    public ReadOnlySpan<long> Examples => examples;

    /// <summary>How many.</summary>
    public int Count => examples.Length;

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }
}
