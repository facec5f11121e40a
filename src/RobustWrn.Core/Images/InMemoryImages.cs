using System.Buffers.Binary;
using System.Security.Cryptography;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Images held in memory: uint8 pixels, or float32 where they are no multiples of 1/255. Owns its tensors, whatever dispose scope it was
/// made in. Reading is thread-safe.
/// </summary>
public sealed class InMemoryImages : IImageSource, IDisposable
{
    private readonly Tensor _pixels, _labels;
    private readonly Lazy<string> _fingerprint;

    /// <summary>Takes checked tensors over.</summary>
    /// <param name="pixels">Uint8 or float32 (N, C, H, W), contiguous, on the CPU, outside every dispose scope.</param>
    /// <param name="labels">Int64 (N), the same.</param>
    /// <param name="classNames">Names of the classes.</param>
    internal InMemoryImages(Tensor pixels, Tensor labels, ValueList<string> classNames)
    {
        (_pixels, _labels, ClassNames) = (pixels, labels, classNames);
        long[] shape = pixels.shape;
        (Count, Channels, Height, Width) = (shape[0], checked((int)shape[1]), checked((int)shape[2]), checked((int)shape[3]));
        _fingerprint = new Lazy<string>(ComputeFingerprint);
    }

    /// <inheritdoc/>
    public long Count { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public ValueList<string> ClassNames { get; }

    /// <summary>SHA-256 over shape, pixels and labels, computed when first asked for.</summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Copies images of your own.</summary>
    /// <param name="images">
    /// (N, C, H, W): uint8 in 0 .. 255, or float32 or float64 in [0, 1]. Floats that are multiples of 1/255 are kept as uint8 without
    /// loss, others as float32. Any device; not changed, not disposed.
    /// </param>
    /// <param name="labels">(N), whole numbers from 0. Any device; not changed, not disposed.</param>
    /// <param name="classNames">Names of the classes; null names them "0", "1", ... up to the largest label.</param>
    /// <exception cref="InvalidDescriptionException">Shapes, pixels or labels are not as described; all problems are listed.</exception>
    public static InMemoryImages From(Tensor images, Tensor labels, ValueList<string>? classNames = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        TorchRuntime.EnsureLoaded();
        LabelledTensors.Problems(images, labels, classNames?.Count).ThrowIfAny(nameof(InMemoryImages));
        using DisposeScope scope = NewDisposeScope();
        Tensor whole = labels.detach().to(ScalarType.Int64, CPU, copy: true).contiguous();
        ValueList<string> names = classNames ?? LabelledTensors.DefaultNames(whole.max().item<long>() + 1);
        return new InMemoryImages(LabelledTensors.Compact(images).DetachFromDisposeScope(), whole.DetachFromDisposeScope(), names);
    }

    /// <inheritdoc/>
    public ImageBatch Read(ReadOnlySpan<long> indices, Device? device = null)
    {
        ImageIndices.Check(indices, Count);
        TorchRuntime.DeviceProblems(device).ThrowIfAny(nameof(Read));
        using DisposeScope scope = NewDisposeScope();
        long[] ids = indices.ToArray();
        Tensor rows = tensor(ids);
        Tensor pixels = _pixels.index_select(0, rows).to(device ?? CPU);
        // A divisor that lies on the device: torch multiplies by the rounded reciprocal of one that does not, and pixels would differ
        // between devices.
        Tensor images = pixels.dtype == ScalarType.Byte ? pixels.to(ScalarType.Float32).div(tensor(255f, device: device ?? CPU)) : pixels;
        Tensor labels = _labels.index_select(0, rows).to(device ?? CPU);
        return new ImageBatch(images.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope(), ids);
    }

    /// <inheritdoc/>
    public long[] ReadLabels(ReadOnlySpan<long> indices)
    {
        ImageIndices.Check(indices, Count);
        using TensorAccessor<long> all = _labels.data<long>();
        long[] labels = new long[indices.Length];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = all[indices[i]];
        return labels;
    }

    /// <summary>Releases the images.</summary>
    public void Dispose()
    {
        _pixels.Dispose();
        _labels.Dispose();
    }

    private string ComputeFingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        foreach (long side in (ReadOnlySpan<long>)[.. _pixels.shape, (long)_pixels.dtype])
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, side);
            hash.AppendData(number);
        }
        TensorMemory.ForEachChunk(_pixels, chunk => hash.AppendData(chunk));
        TensorMemory.ForEachChunk(_labels, chunk => hash.AppendData(chunk));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
