using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The bytes of tensors that may be larger than a span: one part of rows after another.</summary>
internal static class TensorMemory
{
    private const long MaxChunk = 1 << 26;

    internal delegate void Chunk(Span<byte> bytes);

    /// <summary>Visits all bytes in order, in parts of whole rows.</summary>
    /// <param name="tensor">Contiguous, on the CPU, at least one-dimensional.</param>
    /// <param name="visit">May read and write the bytes.</param>
    internal static void ForEachChunk(Tensor tensor, Chunk visit)
    {
        long rows = tensor.shape[0];
        long perChunk = RowsPerChunk(tensor);
        for (long at = 0; at < rows; at += perChunk)
            Rows(tensor, at, Math.Min(perChunk, rows - at), visit);
    }

    /// <summary>Visits the bytes of any tensor, in the order of its elements.</summary>
    /// <param name="tensor">Of any layout, on any device; not changed.</param>
    /// <param name="visit">Reads the bytes.</param>
    internal static void ForEachByte(Tensor tensor, Chunk visit)
    {
        if (tensor.numel() == 0)
            return;
        using DisposeScope scope = NewDisposeScope();
        ForEachChunk(tensor.detach().cpu().contiguous().view(-1), visit);
    }

    /// <summary>Visits the bytes of a range of rows.</summary>
    internal static void Rows(Tensor tensor, long from, long count, Chunk visit)
    {
        using DisposeScope scope = NewDisposeScope();
        visit(tensor.narrow(0, from, count).bytes);
    }

    /// <summary>How many rows are visited at once.</summary>
    internal static long RowsPerChunk(Tensor tensor) =>
        Math.Max(1, MaxChunk / Math.Max(1, tensor.numel() / Math.Max(1, tensor.shape[0]) * tensor.element_size()));
}
