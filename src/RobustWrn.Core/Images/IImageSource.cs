using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Labelled images of one size that can be read by index. Implement it for images of your own; the library's sources hold uint8 pixels in
/// memory and make float32 in [0, 1] of them batch by batch (divided by 255).
/// </summary>
public interface IImageSource
{
    /// <summary>How many images.</summary>
    long Count { get; }

    /// <summary>Channels of an image: 3 for colour, 1 for greyscale.</summary>
    int Channels { get; }

    /// <summary>Rows of an image.</summary>
    int Height { get; }

    /// <summary>Columns of an image.</summary>
    int Width { get; }

    /// <summary>Names of the classes; labels are their indices.</summary>
    ValueList<string> ClassNames { get; }

    /// <summary>
    /// Identifies the content, so that a resumed run notices other images: a hash over pixels and labels, or any text that changes with
    /// them.
    /// </summary>
    string Fingerprint { get; }

    /// <summary>Reads images by index.</summary>
    /// <param name="indices">Each in [0, <see cref="Count"/>), in any order, repeats allowed.</param>
    /// <param name="device">Where the tensors go; null is the CPU.</param>
    /// <returns>The batch, whose example ids are the indices (or ids stable under subsetting). The caller disposes it.</returns>
    ImageBatch Read(ReadOnlySpan<long> indices, Device? device = null);

    /// <summary>
    /// Tells which images will be read next, so that a source that takes long to read can begin. By default nothing happens;
    /// what <see cref="Read"/> gives never depends on it.
    /// </summary>
    /// <param name="indices">Each in [0, <see cref="Count"/>).</param>
    void Prefetch(ReadOnlySpan<long> indices)
    {
    }

    /// <summary>
    /// Reads labels alone, which splitting by class needs for every image. By default the images are read too:
    /// override it where that is slow.
    /// </summary>
    /// <param name="indices">Each in [0, <see cref="Count"/>), in any order, repeats allowed.</param>
    long[] ReadLabels(ReadOnlySpan<long> indices)
    {
        const int Chunk = 1_024;
        long[] labels = new long[indices.Length];
        for (int at = 0; at < labels.Length; at += Chunk)
        {
            int count = Math.Min(Chunk, labels.Length - at);
            using ImageBatch batch = Read(indices.Slice(at, count));
            batch.Labels.data<long>().CopyTo(labels.AsSpan(at, count));
        }
        return labels;
    }
}
