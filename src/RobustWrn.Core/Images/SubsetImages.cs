using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Some images of another source, in the given order. Example ids stay those of the source, so that an image keeps its noise in whatever
/// subset it is read. Holds indices only and owns no tensor.
/// </summary>
public sealed class SubsetImages : IImageSource
{
    private readonly IImageSource _source;
    private readonly long[] _indices;
    private readonly Lazy<string> _fingerprint;

    /// <summary>Selects images.</summary>
    /// <param name="source">Where they are; must outlive this view.</param>
    /// <param name="indices">Which ones, in order; copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is not one of the source.</exception>
    public SubsetImages(IImageSource source, params ReadOnlySpan<long> indices)
    {
        ArgumentNullException.ThrowIfNull(source);
        ImageIndices.Check(indices, source.Count);
        (_source, _indices) = (source, indices.ToArray());
        _fingerprint = new Lazy<string>(() =>
            DescriptionJson.Fingerprint($"{_source.Fingerprint} {Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<long>(_indices)))}"));
    }

    /// <inheritdoc/>
    public long Count => _indices.Length;

    /// <inheritdoc/>
    public int Channels => _source.Channels;

    /// <inheritdoc/>
    public int Height => _source.Height;

    /// <inheritdoc/>
    public int Width => _source.Width;

    /// <inheritdoc/>
    public ValueList<string> ClassNames => _source.ClassNames;

    /// <summary>The indices in the source.</summary>
    public ReadOnlySpan<long> Indices => _indices;

    /// <summary>SHA-256 over the source's fingerprint and the indices.</summary>
    public string Fingerprint => _fingerprint.Value;

    /// <inheritdoc/>
    public ImageBatch Read(ReadOnlySpan<long> indices, Device? device = null) => _source.Read(InSource(indices), device);

    /// <inheritdoc/>
    public long[] ReadLabels(ReadOnlySpan<long> indices) => _source.ReadLabels(InSource(indices));

    /// <inheritdoc/>
    public void Prefetch(ReadOnlySpan<long> indices) => _source.Prefetch(InSource(indices));

    private long[] InSource(ReadOnlySpan<long> indices)
    {
        ImageIndices.Check(indices, Count);
        long[] mapped = new long[indices.Length];
        for (int i = 0; i < mapped.Length; i++)
            mapped[i] = _indices[indices[i]];
        return mapped;
    }
}

/// <summary>Views of image sources.</summary>
public static class ImageSubsets
{
    /// <summary>The first images of a source, or all when it has fewer.</summary>
    /// <param name="source">Where they are; must outlive the view.</param>
    /// <param name="count">How many, at least 1.</param>
    public static IImageSource Take(this IImageSource source, long count)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return count >= source.Count ? source : new SubsetImages(source, ImageIndices.UpTo(count));
    }

    /// <summary>The labels of all images.</summary>
    public static long[] ReadLabels(this IImageSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.ReadLabels(ImageIndices.UpTo(source.Count));
    }
}
