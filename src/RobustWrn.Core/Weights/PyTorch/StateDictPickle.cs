using System.Buffers.Binary;
using System.Text;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The pickle of a state dict: an OrderedDict of contiguous tensors, storage i at key i, in protocol 2 as PyTorch writes it.
/// </summary>
internal static class StateDictPickle
{
    private const int Batch = 1000; // items set at once, as Python does

    public static byte[] Write(IReadOnlyList<KeyValuePair<string, Tensor>> tensors)
    {
        using MemoryStream pickle = new();
        pickle.Write([0x80, 2]);
        Global(pickle, "collections", "OrderedDict");
        pickle.Write(")R"u8);
        for (int first = 0; first < tensors.Count; first += Batch)
        {
            pickle.WriteByte((byte)'(');
            for (int i = first; i < Math.Min(tensors.Count, first + Batch); i++)
            {
                Text(pickle, tensors[i].Key);
                Tensor(pickle, tensors[i].Value, i);
            }
            pickle.WriteByte((byte)'u');
        }
        pickle.WriteByte((byte)'.');
        return pickle.ToArray();
    }

    // torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)
    private static void Tensor(MemoryStream pickle, Tensor tensor, int key)
    {
        Global(pickle, "torch._utils", "_rebuild_tensor_v2");
        pickle.Write("(("u8);
        Text(pickle, "storage");
        Global(pickle, "torch", ElementTypes.Storage(tensor.dtype)!);
        Text(pickle, key.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Text(pickle, "cpu");
        Integer(pickle, tensor.numel());
        pickle.Write("tQ"u8);
        Integer(pickle, 0);
        Tuple(pickle, tensor.shape);
        Tuple(pickle, StridedLayout.Packed(tensor.shape).Strides);
        pickle.WriteByte(0x89);
        Global(pickle, "collections", "OrderedDict");
        pickle.Write(")RtR"u8);
    }

    private static void Tuple(MemoryStream pickle, long[] values)
    {
        pickle.WriteByte((byte)'(');
        foreach (long value in values)
            Integer(pickle, value);
        pickle.WriteByte((byte)'t');
    }

    private static void Integer(MemoryStream pickle, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        if (value is >= 0 and <= byte.MaxValue)
            pickle.Write([(byte)'K', bytes[0]]);
        else if (value is >= int.MinValue and <= int.MaxValue)
        {
            pickle.WriteByte((byte)'J');
            pickle.Write(bytes[..4]);
        }
        else
        {
            pickle.Write([0x8a, 8]);
            pickle.Write(bytes);
        }
    }

    private static void Text(MemoryStream pickle, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        pickle.WriteByte((byte)'X');
        pickle.Write(length);
        pickle.Write(bytes);
    }

    private static void Global(MemoryStream pickle, string module, string name) => pickle.Write(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));
}
