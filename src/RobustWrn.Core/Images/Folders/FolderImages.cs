using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Images in files of their own, decoded batch by batch; <see cref="Prefetch"/> decodes the next batch in the background while a network
/// works on this one. Only bytes are touched there; tensors are made by whoever calls <see cref="Read"/>, on its own thread.
/// Owns no tensor.
/// </summary>
public sealed class FolderImages : IImageSource
{
    private const int RgbChannels = 3;

    private readonly string _folder;
    private readonly string[] _files;
    private readonly long[] _labels;
    private readonly ImageDecoder _decoder;
    private readonly ImageFolderOptions _options;
    private readonly DecodingPipeline _pipeline;
    private readonly Lazy<string> _fingerprint;

    internal FolderImages(string folder, string[] files, long[] labels, ValueList<string> classNames, ImageDecoder decoder, ImageFolderOptions options)
    {
        (_folder, _files, _labels, ClassNames, _decoder, _options) = (folder, files, labels, classNames, decoder, options);
        _pipeline = new DecodingPipeline(Decode, options.Workers, options.ImagesAhead);
        _fingerprint = new Lazy<string>(ComputeFingerprint);
    }

    /// <inheritdoc/>
    public long Count => _files.Length;

    /// <summary>3: greyscale images become colour images of three equal channels.</summary>
    public int Channels => RgbChannels;

    /// <inheritdoc/>
    public int Height => _options.Height;

    /// <inheritdoc/>
    public int Width => _options.Width;

    /// <inheritdoc/>
    public ValueList<string> ClassNames { get; }

    /// <summary>SHA-256 over the names, lengths and labels of all files and what becomes of them. The pixels are not read for it.</summary>
    public string Fingerprint => _fingerprint.Value;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A file is no image that the decoder knows; the message names it.</exception>
    public ImageBatch Read(ReadOnlySpan<long> indices, Device? device = null)
    {
        ImageIndices.Check(indices, Count);
        TorchRuntime.DeviceProblems(device).ThrowIfAny(nameof(Read));
        TorchRuntime.EnsureLoaded();
        long[] ids = indices.ToArray();
        byte[][] decoded = _pipeline.Take(ids);
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = empty([ids.Length, Channels, Height, Width], ScalarType.Byte);
        for (int i = 0; i < ids.Length; i++)
            TensorMemory.Rows(pixels, i, 1, decoded[i].CopyTo);
        // A divisor that lies on the device: torch multiplies by the rounded reciprocal of one that does not, and pixels would differ
        // between devices.
        Tensor images = pixels.to(device ?? CPU).to(ScalarType.Float32).div(tensor(255f, device: device ?? CPU));
        Tensor labels = tensor(ReadLabels(indices)).to(device ?? CPU);
        return new ImageBatch(images.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope(), ids);
    }

    /// <inheritdoc/>
    public long[] ReadLabels(ReadOnlySpan<long> indices)
    {
        ImageIndices.Check(indices, Count);
        long[] labels = new long[indices.Length];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = _labels[indices[i]];
        return labels;
    }

    /// <inheritdoc/>
    public void Prefetch(ReadOnlySpan<long> indices)
    {
        ImageIndices.Check(indices, Count);
        _pipeline.Begin(indices);
    }

    private byte[] Decode(long index)
    {
        string path = Path.Combine(_folder, _files[index]);
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            return ImageResizing.Planes(_decoder(stream), _options);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException(
                $"{Excerpt.Of(path, 300)} must be an image that the decoder knows: {Excerpt.Of(e.Message, 300)} Fetch it again, or "
                + "remove it.", e);
        }
    }

    private string ComputeFingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Append(string line) => hash.AppendData(Encoding.UTF8.GetBytes(line + '\n'));
        Append($"{_options.Height} {_options.Width} {_options.ShorterSide}");
        for (int i = 0; i < _files.Length; i++)
            Append($"{OneLine(_files[i])} {_labels[i]} {new FileInfo(Path.Combine(_folder, _files[i])).Length}");
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        // A line break in a name must not pass for the next file's line.
        static string OneLine(string file) => file.Replace('\\', '/').Replace("\n", "\\n", StringComparison.Ordinal);
    }
}
