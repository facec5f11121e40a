using System.IO.Compression;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Images in an archive of NumPy's arrays (.npz, stored or compressed), the form in which generated CIFAR images are published (Wang et
/// al. 2023, arXiv 2302.04638): <c>image</c>, uint8 (N, H, W, C), and <c>label</c>, whole numbers (N).
/// </summary>
public static class NpzImages
{
    // No deflated stream becomes longer than this many times its length.
    private const long DeflateRatio = 1_032;

    private const int MostListed = 1_000;

    /// <summary>Reads all images.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="classNames">
    /// Names of the classes; null names them "0", "1", ... up to the largest label. Extra images need those of the data set they are
    /// mixed with.
    /// </param>
    /// <param name="images">The name of the array of images. Default <c>image</c> (Wang et al. 2023).</param>
    /// <param name="labels">The name of the array of labels. Default <c>label</c> (Wang et al. 2023).</param>
    /// <returns>The images. The caller disposes them.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or its arrays are not as described.</exception>
    public static InMemoryImages Read(string path, ValueList<string>? classNames = null, string images = "image", string labels = "label")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        TorchRuntime.EnsureLoaded();
        using FileStream file = RegularFile.OpenRead(path);
        try
        {
            using ZipArchive archive = new(file, ZipArchiveMode.Read, leaveOpen: true);
            Tensor pixels = Member(archive, path, images, (header, where) => ArrayImages.PixelShape(where, header.Type, header.Shape.AsSpan()), interleaved: true);
            try
            {
                long count = pixels.shape[0];
                Tensor classes = Member(archive, path, labels, (header, where) =>
                {
                    ArrayImages.CheckLabels(where, header.Type, header.Shape.AsSpan(), count);
                    return [count];
                }, interleaved: false);
                return ArrayImages.Own(path, pixels, classes, classNames);
            }
            catch
            {
                pixels.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is EndOfStreamException or OverflowException or ArgumentException or NotSupportedException
            || (e is InvalidDataException && !e.Message.StartsWith(path, StringComparison.Ordinal)))
        {
            // What the readers of archives and of compressed streams say does not name the file.
            throw new InvalidDataException($"{path} is damaged: {Excerpt.Of(e.Message, 300)} Fetch it again.", e);
        }
    }

    private static Tensor Member(ZipArchive archive, string path, string name, Func<NpyHeader, string, long[]> shapeOf, bool interleaved)
    {
        string where = $"{path}: {name}";
        ZipArchiveEntry entry = archive.GetEntry($"{name}.npy") ?? throw new InvalidDataException(
            $"{path} must hold the array {Excerpt.Of(name)}, but holds "
                + $"{Excerpt.List([.. archive.Entries.Take(MostListed).Select(entry => entry.Name)])}. Give the name of the array.");
        if (entry.Length < 0 || entry.CompressedLength < 0 || entry.Length / DeflateRatio > entry.CompressedLength)
            throw new InvalidDataException($"{where} claims {Quantity.Of(entry.Length, "byte")} from {entry.CompressedLength}, more than compression can do: it is damaged.");
        using Stream raw = entry.Open();
        using CheckedStream stream = new(raw);
        NpyHeader header = NpyHeader.Read(stream, where);
        long[] shape = shapeOf(header, where);
        if (header.Length + header.Bytes != entry.Length)
            throw new InvalidDataException($"{where} must have {Quantity.Of(header.Length + header.Bytes, "byte")} for its shape ({string.Join(", ", header.Shape)}), got {entry.Length}: it is damaged.");
        if (Rule.FitsMemory(header.Bytes, where).FirstOrDefault() is { } problem)
            throw new InvalidDataException($"{where} {problem.Message}");
        Tensor tensor = empty(shape, header.Type).DetachFromDisposeScope();
        try
        {
            if (interleaved)
                InterleavedPixels.Fill(tensor, stream.ReadExactly);
            else
                TensorMemory.ForEachChunk(tensor, bytes => stream.ReadExactly(bytes));
            if (stream.Checksum != entry.Crc32)
                throw new InvalidDataException($"{where} has the checksum {stream.Checksum:x8}, but {entry.Crc32:x8} was stored with it: it is damaged. Fetch it again.");
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }
}
