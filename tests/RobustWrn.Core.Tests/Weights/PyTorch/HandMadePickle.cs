using System.Buffers.Binary;
using System.Text;

namespace RobustWrn.Core.Tests;

/// <summary>Pickles written opcode by opcode, and archives around them: what no PyTorch here writes, and what only an attacker would.</summary>
internal sealed class HandMadePickle
{
    private readonly MemoryStream _bytes = new();

    public HandMadePickle(byte protocol = 2) => Raw([0x80, protocol]);

    public HandMadePickle Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public HandMadePickle Ops(string opcodes) => Raw(Encoding.Latin1.GetBytes(opcodes));

    public HandMadePickle Repeat(string opcodes, int times)
    {
        for (int i = 0; i < times; i++)
            Ops(opcodes);
        return this;
    }

    public HandMadePickle Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return Ops("X").Raw(BitConverter.GetBytes(bytes.Length)).Raw(bytes);
    }

    public HandMadePickle Number(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Raw(0x8a, 8).Raw(bytes);
    }

    public HandMadePickle Global(string module, string name) => Ops($"c{module}\n{name}\n");

    public HandMadePickle Numbers(params ReadOnlySpan<long> values)
    {
        Ops("(");
        foreach (long value in values)
            Number(value);
        return Ops("t");
    }

    public HandMadePickle Storage(string type, string key, long elements, string module = "torch") =>
        Ops("(").Text("storage").Global(module, type).Text(key).Text("cpu").Number(elements).Ops("tQ");

    /// <summary>torch._utils._rebuild_tensor_v2 over a storage.</summary>
    public HandMadePickle Tensor(string type, string key, long elements, long offset, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides) =>
        Global("torch._utils", "_rebuild_tensor_v2").Ops("(").Storage(type, key, elements).Number(offset).Numbers(shape).Numbers(strides).Raw(0x89).Ops("NtR");

    public byte[] End()
    {
        Ops(".");
        return _bytes.ToArray();
    }

    /// <summary>The archive of PyTorch since 1.6.</summary>
    public static byte[] Archive(byte[] pickle, params ReadOnlySpan<(string Name, byte[] Content)> files)
    {
        using MemoryStream stream = new();
        ZipWriter writer = new(stream);
        writer.Add("any name/data.pkl", pickle);
        foreach ((string name, byte[] content) in files)
            writer.Add("any name/" + name, content);
        writer.Finish();
        return stream.ToArray();
    }

    public static byte[] Floats(params ReadOnlySpan<float> values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray();
}
