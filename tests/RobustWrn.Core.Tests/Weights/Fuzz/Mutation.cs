using System.Buffers.Binary;
using System.Text;

namespace RobustWrn.Core.Tests;

/// <summary>Valid files made invalid in one to four places.</summary>
internal static class Mutation
{
    private static readonly byte[] Opcodes = [.. "(.012BCFGIJKLMNPQRSTUVX]abcdeghijlopqrstu})"u8, .. Enumerable.Range(0x80, 0x19).Select(code => (byte)code)];

    private static readonly long[] Absurd = [-1, 0, 1, 63, 64, 255, 1 << 16, 1 << 20, int.MaxValue, uint.MaxValue, 1L << 40, 1L << 62, long.MaxValue, long.MinValue];

    /// <summary>Bytes changed anywhere.</summary>
    public static byte[] Anywhere(byte[] seed, Random random)
    {
        byte[] bytes = seed;
        for (int i = random.Next(1, 5); i > 0; i--)
            bytes = Once(bytes, random);
        return bytes;
    }

    /// <summary>The pickle of an archive changed and packed again with the right checksum, so that the damage gets past it.</summary>
    public static byte[] Pickle(byte[] archive, string scratch, Random random)
    {
        File.WriteAllBytes(scratch, archive);
        using PositionedFile file = new(scratch);
        using MemoryStream stream = new();
        ZipWriter writer = new(stream);
        foreach (ZipEntry entry in ZipDirectory.Read(file).Values)
        {
            byte[] content = file.Bytes(entry.Position, entry.Bytes, entry.Name);
            bool changed = entry.Name.EndsWith("data.pkl", StringComparison.Ordinal) || random.Next(40) == 0;
            writer.Add(entry.Name, changed ? Anywhere(content, random) : content);
        }
        writer.Finish();
        return stream.ToArray();
    }

    /// <summary>The header of safetensors changed as text: other numbers, other names, twice the same.</summary>
    public static byte[] Header(byte[] file, Random random)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        string header = Encoding.UTF8.GetString(file, 8, length);
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(header.Length), end = Math.Min(header.Length, at + random.Next(1, 40));
            header = random.Next(4) switch
            {
                0 => header[..at] + Absurd[random.Next(Absurd.Length)] + header[end..],
                1 => header[..at] + header[at..end] + header[at..],
                2 => header[..at] + new string("[{\",:"[random.Next(5)], random.Next(1, 200)) + header[at..],
                _ => header[..at] + header[end..],
            };
        }
        byte[] changed = Encoding.UTF8.GetBytes(header), prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, changed.Length);
        return [.. prefix, .. changed, .. file.AsSpan(8 + length)];
    }

    private static byte[] Once(byte[] seed, Random random)
    {
        if (seed.Length < 2)
            return [0];
        int at = random.Next(seed.Length), end = at + random.Next(Math.Min(64, seed.Length - at) + 1), from = random.Next(seed.Length);
        byte[] bytes = [.. seed];
        switch (random.Next(9))
        {
            case 0:
                return seed[..at];
            case 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 3:
                bytes[at] = Opcodes[random.Next(Opcodes.Length)];
                return bytes;
            case 4:
                byte[] number = BitConverter.GetBytes(Absurd[random.Next(Absurd.Length)])[..(1 << random.Next(4))];
                number.AsSpan(0, Math.Min(number.Length, seed.Length - at)).CopyTo(bytes.AsSpan(at));
                return bytes;
            case 5:
                return [.. seed[..at], .. seed[end..]];
            case 6:
                return [.. seed[..at], .. seed[from..Math.Min(seed.Length, from + end - at)], .. seed[at..]];
            case 7:
                byte[] codes = new byte[random.Next(1, 300)];
                Array.Fill(codes, Opcodes[random.Next(Opcodes.Length)]);
                return [.. seed[..at], .. codes, .. seed[at..]];
            default:
                int length = Math.Min(end - at, seed.Length - from);
                seed.AsSpan(from, length).CopyTo(bytes.AsSpan(at));
                return bytes;
        }
    }
}
