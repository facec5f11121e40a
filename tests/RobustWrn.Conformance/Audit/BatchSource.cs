using RobustWrn.Conformance.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Audit;

/// <summary>A batch as a source of images.</summary>
internal sealed class BatchSource(ContractBatch batch, Tensor? labels = null) : IImageSource
{
    public long Count => batch.Examples.Count;

    public int Channels => (int)batch.Images.shape[1];

    public int Height => (int)batch.Images.shape[2];

    public int Width => (int)batch.Images.shape[3];

    public ValueList<string> ClassNames => ["zero", "one"];

    public string Fingerprint => "a batch";

    public ImageBatch Read(ReadOnlySpan<long> indices, Device? device = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = tensor(indices.ToArray());
        return new ImageBatch(batch.Images.index_select(0, rows).MoveToOuterDisposeScope(), (labels ?? batch.Labels).index_select(0, rows).MoveToOuterDisposeScope(),
            [.. indices.ToArray().Select(i => batch.Examples[(int)i])]);
    }
}
