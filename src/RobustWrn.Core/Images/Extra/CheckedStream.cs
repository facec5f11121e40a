namespace RobustWrn.Core;

/// <summary>Reads a stream forwards and keeps the CRC-32 of what was read.</summary>
/// <param name="inner">The stream; stays the caller's.</param>
internal sealed class CheckedStream(Stream inner) : Stream
{
    /// <summary>The checksum of all that was read.</summary>
    public uint Checksum { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        Checksum = Crc32.Append(Checksum, buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
