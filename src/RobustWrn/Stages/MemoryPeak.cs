namespace RobustWrn;

/// <summary>The largest working set of the process between its creation and <see cref="Stop"/>, sampled every few milliseconds.</summary>
internal sealed class MemoryPeak : IDisposable
{
    private readonly Timer _timer;
    private long _peak;

    public MemoryPeak() => _timer = new Timer(_ => Sample(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(5));

    public long Stop()
    {
        Sample();
        return Interlocked.Read(ref _peak);
    }

    public void Dispose() => _timer.Dispose();

    private void Sample()
    {
        long now = Environment.WorkingSet;
        long seen = Interlocked.Read(ref _peak);
        while (now > seen)
        {
            long before = Interlocked.CompareExchange(ref _peak, now, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
