using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Turns the bytes of every number of a tensor round.</summary>
internal static class ByteOrder
{
    /// <param name="tensor">Contiguous, on the CPU; changed.</param>
    public static void Swap(Tensor tensor)
    {
        int size = ElementTypes.SwapSize(tensor.dtype);
        if (size == 1 || tensor.numel() == 0)
            return;
        using DisposeScope scope = NewDisposeScope();
        TensorMemory.ForEachChunk(tensor.detach().view(-1), bytes => Swap(bytes, size));
    }

    private static void Swap(Span<byte> bytes, int size)
    {
        if (size == 2)
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(bytes), MemoryMarshal.Cast<byte, ushort>(bytes));
        else if (size == 4)
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(bytes), MemoryMarshal.Cast<byte, uint>(bytes));
        else
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ulong>(bytes), MemoryMarshal.Cast<byte, ulong>(bytes));
    }
}
