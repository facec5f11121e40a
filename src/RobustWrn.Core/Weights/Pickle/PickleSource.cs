using System.Buffers.Binary;
using System.Text;

namespace RobustWrn.Core;

/// <summary>The bytes of a pickle, in order, through a small buffer.</summary>
internal sealed class PickleSource(PositionedFile file, long start, long end)
{
    private const int LongestLine = 1 << 16;

    private readonly byte[] _buffer = new byte[Math.Clamp(end - start, 1, 1 << 14)];
    private readonly StringBuilder _line = new();
    private int _from, _to;
    private long _next = start;

    /// <summary>The file, for errors.</summary>
    public PositionedFile File => file;

    /// <summary>Where the next byte lies in the file.</summary>
    public long Position => _next - (_to - _from);

    private long Left => end - Position;

    public byte Byte() => Small(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Small(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Small(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Small(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Small(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Small(8));

    public byte[] Bytes(ulong count)
    {
        long length = Checked(count);
        byte[] bytes = new byte[file.Gate.Keep(length, "the values of its pickle")];
        Fill(bytes);
        return bytes;
    }

    /// <summary>Leaves bytes out and says where they lie.</summary>
    public PickleRange Skip(ulong count)
    {
        PickleRange range = new(Position, Checked(count));
        int buffered = (int)Math.Min(range.Count, _to - _from);
        _from += buffered;
        _next += range.Count - buffered;
        return range;
    }

    /// <summary>Text of a number of bytes; bytes that are not UTF-8 become U+FFFD.</summary>
    public string Text(ulong count, Encoding encoding)
    {
        long length = Checked(count);
        file.Gate.Keep(2 * length, "the texts of its pickle");
        if (length <= _buffer.Length)
            return encoding.GetString(Small((int)length));
        byte[] bytes = new byte[file.Gate.Admit(length, "a text")];
        Fill(bytes);
        return encoding.GetString(bytes);
    }

    /// <summary>Text up to the end of the line, without it.</summary>
    public string Line()
    {
        StringBuilder line = _line.Clear();
        for (byte value = Byte(); value != '\n'; value = Byte())
        {
            if (line.Length == LongestLine)
                throw file.Damaged($"a line of its pickle is longer than {LongestLine} bytes");
            line.Append((char)value);
        }
        file.Gate.Value(2 * line.Length);
        return line.ToString();
    }

    private long Checked(ulong count) => count <= (ulong)Left ? (long)count : throw file.Damaged($"a value of its pickle has {count} bytes, but only {Left} are left");

    private ReadOnlySpan<byte> Small(int count)
    {
        if (_to - _from < count)
        {
            Checked((ulong)count);
            _buffer.AsSpan(_from.._to).CopyTo(_buffer);
            (_from, _to) = (0, _to - _from);
            int more = (int)Math.Min(_buffer.Length - _to, end - _next);
            file.Read(_next, _buffer.AsSpan(_to, more));
            _to += more;
            _next += more;
        }
        _from += count;
        return _buffer.AsSpan(_from - count, count);
    }

    private void Fill(Span<byte> target)
    {
        int buffered = Math.Min(target.Length, _to - _from);
        _buffer.AsSpan(_from, buffered).CopyTo(target);
        _from += buffered;
        if (buffered == target.Length)
            return;
        file.Read(_next, target[buffered..]);
        _next += target.Length - buffered;
    }
}
