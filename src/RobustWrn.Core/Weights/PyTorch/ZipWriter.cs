using System.Buffers.Binary;
using System.Text;

namespace RobustWrn.Core;

/// <summary>
/// Writes a zip archive of stored files as PyTorch lays it out: the bytes of each begin at a multiple of 64 (an extra field "FB" pads
/// them), sizes beyond 32 bits in 64-bit fields, and always the 64-bit end.
/// </summary>
/// <param name="stream">Where.</param>
/// <param name="largest">From which size or position on 64-bit fields are used; smaller only in tests.</param>
internal sealed class ZipWriter(Stream stream, long largest = uint.MaxValue)
{
    private const int Alignment = 64;
    private const ushort NeededFor64 = 45, Utf8 = 1 << 11, Padding = 0x4246, Wide = 1, FirstDay = 0x21; // 1 January 1980

    private readonly List<(byte[] Name, long Position, long Bytes, uint Checksum)> _files = [];
    private long _position;

    public void Add(string name, byte[] content) => Add(name, content.Length, Crc32.Append(0, content), output => output.Write(content));

    public void Add(string name, long bytes, uint checksum, Action<Stream> write)
    {
        byte[] encoded = Encoding.UTF8.GetBytes(name);
        _files.Add((encoded, _position, bytes, checksum));
        bool wide = bytes >= largest;
        int wideBytes = wide ? 20 : 0;
        int padding = (int)((Alignment - (_position + 30 + encoded.Length + wideBytes + 4) % Alignment) % Alignment);
        using MemoryStream header = new();
        UInt32(header, 0x04034b50);
        Common(header, bytes, checksum, wide);
        UInt16(header, encoded.Length);
        UInt16(header, wideBytes + 4 + padding);
        header.Write(encoded);
        if (wide)
        {
            UInt16(header, Wide);
            UInt16(header, 16);
            Int64(header, bytes);
            Int64(header, bytes);
        }
        UInt16(header, Padding);
        UInt16(header, padding);
        header.Write(new byte[padding]);
        header.WriteTo(stream);
        write(stream);
        _position += header.Length + bytes;
    }

    /// <summary>Writes the directory.</summary>
    public void Finish()
    {
        long start = _position;
        using MemoryStream directory = new();
        foreach ((byte[] name, long position, long bytes, uint checksum) in _files)
        {
            bool wide = bytes >= largest || position >= largest;
            UInt32(directory, 0x02014b50);
            UInt16(directory, NeededFor64);
            Common(directory, bytes, checksum, wide);
            UInt16(directory, name.Length);
            UInt16(directory, wide ? 28 : 0);
            directory.Write(new byte[10]);
            UInt32(directory, wide ? uint.MaxValue : (uint)position);
            directory.Write(name);
            if (!wide)
                continue;
            UInt16(directory, Wide);
            UInt16(directory, 24);
            Int64(directory, bytes);
            Int64(directory, bytes);
            Int64(directory, position);
        }
        long size = directory.Length, end = start + size;
        UInt32(directory, 0x06064b50);
        Int64(directory, 44);
        UInt16(directory, NeededFor64);
        UInt16(directory, NeededFor64);
        Int64(directory, 0);
        Int64(directory, _files.Count);
        Int64(directory, _files.Count);
        Int64(directory, size);
        Int64(directory, start);
        UInt32(directory, 0x07064b50);
        UInt32(directory, 0);
        Int64(directory, end);
        UInt32(directory, 1);
        UInt32(directory, 0x06054b50);
        UInt32(directory, 0);
        UInt16(directory, Math.Min(_files.Count, ushort.MaxValue));
        UInt16(directory, Math.Min(_files.Count, ushort.MaxValue));
        UInt32(directory, (uint)Math.Min(size, uint.MaxValue));
        UInt32(directory, (uint)Math.Min(start, uint.MaxValue));
        UInt16(directory, 0);
        directory.WriteTo(stream);
    }

    private static void Common(MemoryStream header, long bytes, uint checksum, bool wide)
    {
        UInt16(header, NeededFor64);
        UInt16(header, Utf8);
        UInt16(header, 0); // stored
        UInt16(header, 0);
        UInt16(header, FirstDay);
        UInt32(header, checksum);
        UInt32(header, wide ? uint.MaxValue : (uint)bytes);
        UInt32(header, wide ? uint.MaxValue : (uint)bytes);
    }

    private static void UInt16(MemoryStream output, int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        output.Write(bytes);
    }

    private static void UInt32(MemoryStream output, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        output.Write(bytes);
    }

    private static void Int64(MemoryStream output, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        output.Write(bytes);
    }
}
