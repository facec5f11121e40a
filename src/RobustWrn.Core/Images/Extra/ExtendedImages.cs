using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The images of one source, then those of a second with pseudo-labelled or generated ones. Owns neither.</summary>
/// <remarks>
/// Example ids of the first stay, those of the second begin at 2^40, so that both keep their noise whatever the other's size.
/// </remarks>
public sealed class ExtendedImages : IImageSource
{
    internal const long FirstExtraId = 1L << 40;

    private readonly IImageSource _own, _extra;
    private readonly Lazy<string> _fingerprint;

    /// <summary>Joins two sources.</summary>
    /// <param name="own">The data set's own images; must outlive this view.</param>
    /// <param name="extra">The extra images, of the same size and classes; must outlive this view.</param>
    /// <exception cref="InvalidDescriptionException">The sources do not fit together; all problems are listed.</exception>
    public ExtendedImages(IImageSource own, IImageSource extra)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(extra);
        Problems(own, extra).ThrowIfAny(nameof(ExtendedImages));
        (_own, _extra) = (own, extra);
        _fingerprint = new Lazy<string>(() => DescriptionJson.Fingerprint($"{own.Fingerprint} and {extra.Fingerprint}"));
    }

    /// <inheritdoc/>
    public long Count => _own.Count + _extra.Count;

    /// <inheritdoc/>
    public int Channels => _own.Channels;

    /// <inheritdoc/>
    public int Height => _own.Height;

    /// <inheritdoc/>
    public int Width => _own.Width;

    /// <inheritdoc/>
    public ValueList<string> ClassNames => _own.ClassNames;

    /// <summary>SHA-256 over the fingerprints of both.</summary>
    public string Fingerprint => _fingerprint.Value;

    /// <inheritdoc/>
    public ImageBatch Read(ReadOnlySpan<long> indices, Device? device = null)
    {
        ImageIndices.Check(indices, Count);
        using DisposeScope scope = NewDisposeScope();
        (long[] ownIndices, long[] extraIndices, long[] order) = Split(indices);
        ImageBatch own = _own.Read(ownIndices, device), extra = _extra.Read(extraIndices, device);
        Tensor rows = tensor(order, device: device ?? CPU);
        long[] examples = new long[order.Length];
        for (int i = 0; i < order.Length; i++)
            examples[i] = order[i] < own.Count ? own.Examples[(int)order[i]] : FirstExtraId + extra.Examples[(int)order[i] - own.Count];
        return new ImageBatch(
            cat([own.Images, extra.Images], 0).index_select(0, rows).MoveToOuterDisposeScope(),
            cat([own.Labels, extra.Labels], 0).index_select(0, rows).MoveToOuterDisposeScope(), examples);
    }

    /// <inheritdoc/>
    public long[] ReadLabels(ReadOnlySpan<long> indices)
    {
        ImageIndices.Check(indices, Count);
        (long[] ownIndices, long[] extraIndices, long[] order) = Split(indices);
        long[] labels = [.. _own.ReadLabels(ownIndices), .. _extra.ReadLabels(extraIndices)];
        return Array.ConvertAll(order, at => labels[at]);
    }

    /// <inheritdoc/>
    public void Prefetch(ReadOnlySpan<long> indices)
    {
        ImageIndices.Check(indices, Count);
        (long[] ownIndices, long[] extraIndices, _) = Split(indices);
        _own.Prefetch(ownIndices);
        _extra.Prefetch(extraIndices);
    }

    internal static IEnumerable<Problem> Problems(IImageSource own, IImageSource extra) =>
    [
        .. Rule.Holds(extra.Count > 0, nameof(extra), "must have at least one image, got none."),
        .. Rule.Holds((own.Channels, own.Height, own.Width) == (extra.Channels, extra.Height, extra.Width), nameof(extra),
            $"extra images must have the size of the data set's own, {Size(own)}, got {Size(extra)}. Resize them beforehand."),
        .. Rule.Holds(own.ClassNames.Equals(extra.ClassNames), nameof(extra),
            $"extra images must have the classes of the data set's own, {own.ClassNames}, got {extra.ClassNames}. Name them when the file is read."),
    ];

    private static string Size(IImageSource images) => $"{images.Channels} x {images.Height} x {images.Width}";

    // The indices in each source, and where each image of the batch stands when the second's follow the first's.
    private (long[] Own, long[] Extra, long[] Order) Split(ReadOnlySpan<long> indices)
    {
        List<long> own = [], extra = [];
        long[] order = new long[indices.Length];
        for (int i = 0; i < order.Length; i++)
        {
            bool isOwn = indices[i] < _own.Count;
            order[i] = isOwn ? own.Count : -1 - extra.Count;
            (isOwn ? own : extra).Add(isOwn ? indices[i] : indices[i] - _own.Count);
        }
        for (int i = 0; i < order.Length; i++)
            order[i] = order[i] < 0 ? own.Count - 1 - order[i] : order[i];
        return ([.. own], [.. extra], order);
    }
}
