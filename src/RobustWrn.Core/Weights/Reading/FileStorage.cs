using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A range of a file; read when a tensor of it is, and only where that tensor lies.</summary>
/// <param name="file">The file.</param>
/// <param name="position">Where the range begins.</param>
/// <param name="bytes">How long it is.</param>
/// <param name="checksum">Its CRC-32; null where the file has none.</param>
/// <param name="bigEndian">Whether it was written by a machine that begins with the high byte.</param>
/// <param name="name">For error messages.</param>
internal sealed class FileStorage(PositionedFile file, long position, long bytes, uint? checksum, bool bigEndian, string name) : TensorStorage
{
    private const int Part = 1 << 16;

    private bool _verified;

    public override long Bytes => bytes;

    public override void Verify()
    {
        if (checksum is null || _verified)
            return;
        byte[] buffer = new byte[Math.Min(Part, bytes)];
        uint actual = 0;
        for (long at = 0; at < bytes; at += buffer.Length)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, bytes - at));
            file.Read(position + at, part);
            actual = Crc32.Append(actual, part);
        }
        if (actual != checksum)
            throw file.Damaged($"the bytes of {name} have the checksum {actual:x8}, but {checksum:x8} was stored with them");
        _verified = true;
    }

    public override void Read(long from, Tensor tensor)
    {
        file.Read(position + from, tensor);
        if (bigEndian == BitConverter.IsLittleEndian)
            ByteOrder.Swap(tensor);
    }
}
