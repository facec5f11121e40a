using System.Buffers.Binary;
using System.Text;

namespace RobustWrn.Core;

/// <summary>One file of an archive: where its bytes lie.</summary>
internal readonly record struct ZipEntry(string Name, long Position, long Bytes, uint Checksum);

/// <summary>
/// The files of a zip archive whose files are stored as they are, with 64-bit sizes where needed, found through its central directory.
/// </summary>
internal static class ZipDirectory
{
    private const uint EndSignature = 0x06054b50, End64Signature = 0x06064b50, Locator64Signature = 0x07064b50, HeaderSignature = 0x02014b50, LocalSignature = 0x04034b50;
    private const int EndBytes = 22, End64Bytes = 56, Locator64Bytes = 20, HeaderBytes = 46, LocalBytes = 30;

    public static Dictionary<string, ZipEntry> Read(PositionedFile file)
    {
        (long count, long position, long bytes) = FindDirectory(file);
        byte[] directory = file.Bytes(position, bytes, "the directory of the archive");
        if (count > bytes / HeaderBytes)
            throw file.Damaged($"the directory of the archive has {Quantity.Of(bytes, "byte")} for {Quantity.Of(count, "file")}");
        file.Gate.Admit(count * 2 * HeaderBytes, "the files of the archive");
        List<(long Start, long End)> ranges = new((int)count);
        Dictionary<string, ZipEntry> entries = new((int)count);
        ReadOnlySpan<byte> rest = directory;
        for (long i = 0; i < count; i++)
        {
            (ZipEntry entry, long start) = Header(file, ref rest);
            (long from, ZipEntry placed) = Place(file, entry, start, position);
            ranges.Add((from, placed.Position + placed.Bytes));
            if (!entries.TryAdd(placed.Name, placed))
                throw file.Damaged($"the archive has two files {placed.Name}");
        }
        ranges.Sort();
        for (int i = 1; i < ranges.Count; i++)
        {
            if (ranges[i].Start < ranges[i - 1].End)
                throw file.Damaged($"files of the archive overlap at byte {ranges[i].Start}");
        }
        return entries;
    }

    private static (long Count, long Position, long Bytes) FindDirectory(PositionedFile file)
    {
        // The end may itself end in zeros; those behind it, as of copies from tapes and block devices, do not count.
        long last = file.DataEnd(0), fileEnd = Math.Min(file.Length, last + EndBytes);
        int length = (int)Math.Min(fileEnd, 2 * EndBytes + ushort.MaxValue);
        byte[] tail = file.Bytes(fileEnd - length, length, "the end of the archive");
        int end = length - EndBytes;
        while (end >= 0 && !(UInt32(tail, end) == EndSignature && EndsWithComment(tail, end, last - (fileEnd - length))))
            end--;
        if (end < 0)
            throw file.Damaged("it is an archive without an end: it is truncated");
        (long Count, long Position, long Bytes) found = (UInt16(tail, end + 10), UInt32(tail, end + 16), UInt32(tail, end + 12));
        long endPosition = fileEnd - length + end;
        if (end >= Locator64Bytes && UInt32(tail, end - Locator64Bytes) == Locator64Signature)
        {
            long position64 = Int64(file, tail, end - Locator64Bytes + 8);
            byte[] end64 = file.Bytes(position64, End64Bytes, "the end of the archive");
            if (UInt32(end64, 0) != End64Signature || position64 + End64Bytes > endPosition - Locator64Bytes)
                throw file.Damaged("the 64-bit end of the archive is not where it is said to be");
            (long Count, long Position, long Bytes) large = (Int64(file, end64, 32), Int64(file, end64, 48), Int64(file, end64, 40));
            if (Differ(found.Count, large.Count, ushort.MaxValue) || Differ(found.Position, large.Position, uint.MaxValue) || Differ(found.Bytes, large.Bytes, uint.MaxValue))
                throw file.Damaged("the two ends of the archive do not agree");
            (found, endPosition) = (large, position64);
        }
        return found.Position <= endPosition && found.Bytes <= endPosition - found.Position && UInt32(tail, end + 4) == 0
            ? found
            : throw file.Damaged("the directory of the archive is not where it is said to be");
    }

    // Its comment must be all that follows, but for zeros.
    private static bool EndsWithComment(byte[] tail, int end, long last)
    {
        long after = end + EndBytes + UInt16(tail, end + 20);
        return after >= last && after <= tail.Length;
    }

    private static bool Differ(long small, long large, long unknown) => small != unknown && small != large;

    private static (ZipEntry Entry, long Start) Header(PositionedFile file, ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < HeaderBytes || UInt32(rest, 0) != HeaderSignature)
            throw file.Damaged("the directory of the archive is broken off");
        int name = UInt16(rest, 28), extra = UInt16(rest, 30), all = HeaderBytes + name + extra + UInt16(rest, 32);
        if (rest.Length < all)
            throw file.Damaged("the directory of the archive is broken off");
        string text = Encoding.UTF8.GetString(rest.Slice(HeaderBytes, name));
        if ((UInt16(rest, 8) & 1) != 0 || UInt16(rest, 10) != 0)
            throw file.Unsupported($"the file {text} of the archive is compressed or encrypted, which torch.save never does. Unpack it and pack it again without compression");
        long packed = UInt32(rest, 20), bytes = UInt32(rest, 24), start = UInt32(rest, 42);
        ReadOnlySpan<byte> wide = Extra64(rest.Slice(HeaderBytes + name, extra));
        bytes = Widened(file, bytes, ref wide);
        packed = Widened(file, packed, ref wide);
        start = Widened(file, start, ref wide);
        if (packed != bytes)
            throw file.Damaged($"the file {text} of the archive has {Quantity.Of(packed, "byte")} stored for {bytes}");
        ZipEntry entry = new(text, 0, bytes, UInt32(rest, 16));
        rest = rest[all..];
        return (entry, start);
    }

    // The bytes lie behind a local header whose extra field, unlike that of the directory, pads them to a multiple of 64.
    private static (long From, ZipEntry Entry) Place(PositionedFile file, ZipEntry entry, long start, long directory)
    {
        Span<byte> local = stackalloc byte[LocalBytes];
        if (start > directory - LocalBytes)
            throw file.Damaged($"the file {entry.Name} of the archive lies behind its end");
        file.Read(start, local);
        long position = start + LocalBytes + UInt16(local, 26) + UInt16(local, 28);
        if (UInt32(local, 0) != LocalSignature || UInt16(local, 8) != 0 || position > directory || entry.Bytes > directory - position)
            throw file.Damaged($"the file {entry.Name} of the archive is not where it is said to be");
        return (start, entry with { Position = position });
    }

    private static ReadOnlySpan<byte> Extra64(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int length = Math.Min(UInt16(extra, 2), extra.Length - 4);
            if (UInt16(extra, 0) == 1)
                return extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }
        return [];
    }

    private static long Widened(PositionedFile file, long value, ref ReadOnlySpan<byte> wide)
    {
        if (value != uint.MaxValue || wide.Length < 8)
            return value;
        long large = Int64(file, wide, 0);
        wide = wide[8..];
        return large;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long Int64(PositionedFile file, ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]) is >= 0 and long value ? value : throw file.Damaged("a size in the archive is negative");
}
