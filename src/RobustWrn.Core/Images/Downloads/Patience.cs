namespace RobustWrn.Core;

/// <summary>
/// Ends a connection that sends nothing, or so little that it would never be done: 256 bytes for each second of silence that is allowed, a
/// tenth of what a modem brings.
/// </summary>
internal sealed class Patience : IDisposable
{
    private const double BytesPerSecond = 256;

    private readonly TimeSpan _silence;
    private readonly CancellationTokenSource _source;
    private long _received;

    /// <summary>Starts to wait.</summary>
    internal Patience(TimeSpan silence, CancellationToken cancellationToken)
    {
        _silence = silence;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _source.CancelAfter(silence);
    }

    /// <summary>Cancelled when patience is at its end, or the caller cancels.</summary>
    internal CancellationToken Token => _source.Token;

    /// <summary>Why it ended.</summary>
    internal string Reason => _received == 0
        ? $"the server sent nothing for {_silence.TotalSeconds} s"
        : $"the server sent {Quantity.Of(_received, "byte")} in {_silence.TotalSeconds} s, less than {Enough:0}";

    private double Enough => Math.Max(1, BytesPerSecond * _silence.TotalSeconds);

    /// <summary>Counts what arrived; enough of it begins anew.</summary>
    internal void Received(long bytes)
    {
        _received += bytes;
        if (_received < Enough)
            return;
        _received = 0;
        _source.CancelAfter(_silence);
    }

    public void Dispose() => _source.Dispose();
}
