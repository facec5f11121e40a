using System.Buffers.Binary;

namespace RobustWrn.Core;

/// <summary>The checksum of zip archives (polynomial 0xEDB88320, reflected), sixteen bytes at a time.</summary>
internal static class Crc32
{
    private const int Slices = 16;
    private static readonly uint[] Table = MakeTable();

    /// <summary>Goes on from the checksum of what came before; 0 to begin.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> table = Table;
        crc = ~crc;
        while (bytes.Length >= Slices)
        {
            uint a = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc, b = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            uint c = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]), d = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
            crc = Word(table, a, 15) ^ Word(table, b, 11) ^ Word(table, c, 7) ^ Word(table, d, 3);
            bytes = bytes[Slices..];
        }
        foreach (byte value in bytes)
            crc = (crc >> 8) ^ table[(byte)(crc ^ value)];
        return ~crc;
    }

    private static uint Word(ReadOnlySpan<uint> table, uint word, int slice) =>
        table[slice * 256 + (byte)word] ^ table[(slice - 1) * 256 + (byte)(word >> 8)]
        ^ table[(slice - 2) * 256 + (byte)(word >> 16)] ^ table[(slice - 3) * 256 + (byte)(word >> 24)];

    private static uint[] MakeTable()
    {
        uint[] table = new uint[Slices * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            table[i] = crc;
        }
        for (int i = 256; i < table.Length; i++)
            table[i] = (table[i - 256] >> 8) ^ table[(byte)table[i - 256]];
        return table;
    }
}
