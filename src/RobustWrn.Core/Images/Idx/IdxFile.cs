using System.Buffers.Binary;
using System.IO.Compression;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Files in the IDX format of MNIST (LeCun, Cortes and Burges): two zero bytes, the type (8 for bytes), the number of sides,
/// the sides as whole numbers of four bytes, the high one first, then the bytes. Plain or packed by gzip.
/// </summary>
internal static class IdxFile
{
    private const int UnsignedBytes = 8;

    // No deflated stream becomes longer than this many times its length.
    private const long DeflateRatio = 1_032;

    /// <summary>Reads a file into a tensor of bytes outside every dispose scope.</summary>
    /// <param name="path">The file; packed if it ends in .gz.</param>
    /// <param name="sides">How many sides it must have.</param>
    internal static Tensor Read(string path, int sides)
    {
        using FileStream file = RegularFile.OpenRead(path);
        bool packed = path.EndsWith(".gz", StringComparison.Ordinal);
        using Stream stream = packed ? new GZipStream(file, CompressionMode.Decompress) : file;
        try
        {
            byte[] header = new byte[4 + 4 * sides];
            stream.ReadExactly(header);
            if (header[0] != 0 || header[1] != 0 || header[2] != UnsignedBytes || header[3] != sides)
                throw Wrong(path, $"must begin with 0, 0, {UnsignedBytes}, {sides}, as bytes of {sides} sides do, got {string.Join(", ", header.Take(4))}. It is another file.");
            long[] shape = [.. Enumerable.Range(0, sides).Select(side => (long)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4 + 4 * side)))];
            Int128 bytes = shape.Aggregate((Int128)1, (product, side) => product * side);
            if (packed ? bytes > file.Length * DeflateRatio : bytes != file.Length - header.Length)
                throw Wrong(path, $"must hold the {bytes} bytes of its shape ({string.Join(", ", shape)}), got a file of {Quantity.Of(file.Length, "byte")}. It is truncated or oversized: fetch it again.");
            if (Rule.FitsMemory((double)bytes, path).FirstOrDefault() is { } problem)
                throw Wrong(path, problem.Message);
            return Content(stream, shape, path);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException($"{path} ends before its last byte. It is truncated: fetch it again.", e);
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            // gzip's own errors do not know the file.
            throw new InvalidDataException($"{path} is damaged: {Excerpt.Of(e.Message, 300)} Fetch it again.", e);
        }
    }

    private static Tensor Content(Stream stream, long[] shape, string path)
    {
        Tensor tensor = empty(shape, ScalarType.Byte).DetachFromDisposeScope();
        try
        {
            if (tensor.numel() > 0)
                TensorMemory.ForEachChunk(tensor, stream.ReadExactly);
            // Reading to the end also makes gzip compare its checksum.
            return stream.ReadByte() < 0 ? tensor : throw Wrong(path, $"holds more bytes than its shape ({string.Join(", ", shape)}) has. It is damaged: fetch it again.");
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    private static InvalidDataException Wrong(string path, string rule) => new($"{path} {rule}");
}
