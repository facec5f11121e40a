using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Bytes that stand in the pickle itself: arrays of NumPy and numbers.</summary>
internal sealed class InlineStorage(byte[] content, bool bigEndian) : TensorStorage
{
    public override long Bytes => content.Length;

    public override void Read(long from, Tensor tensor)
    {
        if (tensor.numel() == 0)
            return;
        using DisposeScope scope = NewDisposeScope();
        long at = from;
        TensorMemory.ForEachChunk(tensor.detach().view(-1), part =>
        {
            content.AsSpan((int)at, part.Length).CopyTo(part);
            at += part.Length;
        });
        if (bigEndian == BitConverter.IsLittleEndian)
            ByteOrder.Swap(tensor);
    }
}
