using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Images in memory, float, with ids of their own.</summary>
internal sealed class TensorSource(Tensor images, Tensor labels, long[]? ids = null) : IImageSource
{
    private readonly long[] _ids = ids ?? [.. Enumerable.Range(0, (int)labels.shape[0]).Select(i => (long)i)];

    public long Count => _ids.Length;

    public int Channels => (int)images.shape[1];

    public int Height => (int)images.shape[2];

    public int Width => (int)images.shape[3];

    public ValueList<string> ClassNames => ["zero", "one", "two"];

    public string Fingerprint => "in memory";

    /// <summary>The same images in another order, each with the id it had.</summary>
    public TensorSource Reordered(params long[] order) => new(
        images.index_select(0, tensor(order)), labels.index_select(0, tensor(order)), [.. order.Select(i => _ids[i])]);

    public ImageBatch Read(ReadOnlySpan<long> indices, Device? device = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = tensor(indices.ToArray());
        return new ImageBatch(
            images.index_select(0, rows).to(device ?? CPU).MoveToOuterDisposeScope(),
            labels.index_select(0, rows).to(device ?? CPU).MoveToOuterDisposeScope(),
            [.. indices.ToArray().Select(i => _ids[i])]);
    }
}
