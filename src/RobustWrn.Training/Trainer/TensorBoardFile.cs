using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The epochs of a training as TensorBoard reads them: records of TensorFlow's event protocol, written by hand, because a dozen numbers
/// an epoch need no library. Wall time is the time spent on the training, from 0.
/// </summary>
/// <remarks>
/// A record is the length of its content (uint64), a masked CRC-32C of those 8 bytes, the content, and a masked CRC-32C of it,
/// little-endian. The content is an <c>Event</c>: wall time (field 1, double), step (2, varint), the version of the file (3, text,
/// in the first record) or a summary (5), whose values (1) have a tag (1, text) and a number (2, float).
/// </remarks>
internal static class TensorBoardFile
{
    /// <summary>TensorBoard looks for "tfevents" in names.</summary>
    public const string Name = "events.out.tfevents.0.robustwrn";

    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    public static void Write(string path, IReadOnlyList<EpochMetrics> epochs) => AtomicFile.Write(path, stream =>
    {
        Record(stream, [.. Number(1, 0.0), .. Field(3, "brain.Event:2"u8)]);
        double seconds = 0;
        foreach (EpochMetrics epoch in epochs)
        {
            seconds += epoch.Elapsed.TotalSeconds;
            byte[] summary = [.. Values(epoch).SelectMany(value => Field(1, [.. Field(1, Encoding.UTF8.GetBytes(value.Tag)), .. Number(2, (float)value.Value)]))];
            Record(stream, [.. Number(1, seconds), .. Key(2, Varint), .. Whole((ulong)epoch.Epoch), .. Field(5, summary)]);
        }
    });

    /// <summary>CRC-32C, rotated and shifted as the format wants it, so that a checksum of checksums is not weak.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return unchecked(BitOperations.RotateRight(~crc, 15) + 0xa282ead8);
    }

    private static IEnumerable<(string Tag, double Value)> Values(EpochMetrics epoch) =>
    [
        ("loss/total", epoch.Loss),
        .. epoch.Parts.Select(part => ($"loss/{part.Name}", part.Mean)),
        ("step/learning_rate", epoch.LearningRate),
        ("step/gradient_norm", epoch.GradientNorm),
        ("validation/clean", epoch.Clean.Value),
        ("validation/robust", epoch.Robust.Value),
        .. epoch.Average is { } average ? (IEnumerable<(string, double)>)[("validation/average_clean", average.Clean.Value), ("validation/average_robust", average.Robust.Value)] : [],
        .. epoch.Times is { } times
            ? (IEnumerable<(string, double)>)
            [
                ("seconds/data", times.Data.TotalSeconds), ("seconds/attack", times.Attack.TotalSeconds),
                ("seconds/update", times.Update.TotalSeconds), ("seconds/validation", times.Validation.TotalSeconds),
            ]
            : [],
    ];

    private static void Record(Stream stream, byte[] content)
    {
        Span<byte> length = stackalloc byte[8], crc = stackalloc byte[4];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)content.Length);
        stream.Write(length);
        BinaryPrimitives.WriteUInt32LittleEndian(crc, Masked(length));
        stream.Write(crc);
        stream.Write(content);
        BinaryPrimitives.WriteUInt32LittleEndian(crc, Masked(content));
        stream.Write(crc);
    }

    private static byte[] Field(int number, ReadOnlySpan<byte> content) => [.. Key(number, Bytes), .. Whole((ulong)content.Length), .. content];

    private static byte[] Number(int number, double value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        return [.. Key(number, Fixed64), .. bytes];
    }

    private static byte[] Number(int number, float value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return [.. Key(number, Fixed32), .. bytes];
    }

    private static byte[] Key(int number, int kind) => Whole((ulong)((number << 3) | kind));

    // Seven bits a byte, the lowest first, the highest bit set while more follow.
    private static byte[] Whole(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
