using Microsoft.Win32.SafeHandles;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A file read by position, straight into the place that needs the bytes; never mapped, as a file cut short while mapped kills the
/// process.
/// </summary>
internal sealed class PositionedFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    public PositionedFile(string path)
    {
        Path = path;
        // Opening a pipe would wait for its other end, for ever.
        FileInfo file = new(path);
        if ((file.ResolveLinkTarget(returnFinalTarget: true) ?? file) is FileInfo { Exists: true, Length: 0 })
            throw new WeightsFileException(path, "must hold weights, but is empty, or no file but a pipe or a device.");
        _handle = File.OpenHandle(path);
        Length = RandomAccess.GetLength(_handle);
        Gate = new AllocationGate(path, Length);
    }

    public string Path { get; }

    public long Length { get; }

    public AllocationGate Gate { get; }

    /// <summary>Fills a buffer.</summary>
    public void Read(long position, Span<byte> buffer)
    {
        if (position < 0 || position > Length - buffer.Length)
            throw Damaged($"it ends at byte {Length}, but {buffer.Length} bytes are needed at {position}");
        while (buffer.Length > 0)
        {
            int read = RandomAccess.Read(_handle, buffer, position);
            if (read == 0)
                throw Damaged("it became shorter while it was read");
            position += read;
            buffer = buffer[read..];
        }
    }

    /// <summary>Fills a contiguous tensor of the CPU.</summary>
    public void Read(long position, Tensor tensor)
    {
        if (tensor.numel() == 0)
            return;
        using DisposeScope scope = NewDisposeScope();
        TensorMemory.ForEachChunk(tensor.detach().view(-1), bytes =>
        {
            Read(position, bytes);
            position += bytes.Length;
        });
    }

    /// <summary>A new buffer with a part of the file.</summary>
    public byte[] Bytes(long position, long count, string what)
    {
        if (position < 0 || count < 0 || position > Length - count)
            throw Damaged($"{what} has {Quantity.Of(count, "byte")} at {position}, but the file ends at {Length}");
        byte[] bytes = new byte[Gate.Admit(count, what)];
        Read(position, bytes);
        return bytes;
    }

    /// <summary>Where the zeros begin that the file ends in; not before a position.</summary>
    public long DataEnd(long position)
    {
        byte[] buffer = new byte[Math.Min(1 << 16, Length)];
        for (long end = Length; end > position;)
        {
            int count = (int)Math.Min(buffer.Length, end - position);
            Read(end - count, buffer.AsSpan(0, count));
            int last = buffer.AsSpan(0, count).LastIndexOfAnyExcept((byte)0);
            if (last >= 0)
                return end - count + last + 1;
            end -= count;
        }
        return position;
    }

    public WeightsFileException Damaged(string reason) => new(Path, $"is damaged: {reason}.");

    public WeightsFileException Unsupported(string reason) => new(Path, $"cannot be read: {reason}.");

    public void Dispose() => _handle.Dispose();
}
