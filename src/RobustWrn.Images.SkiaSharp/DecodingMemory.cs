namespace RobustWrn.Images.SkiaSharp;

/// <summary>
/// Lets images be decoded at once as long as what they take together stays below a gibibyte; a larger one is decoded alone.
/// </summary>
internal static class DecodingMemory
{
    private const long Budget = 1L << 30;

    private static readonly Lock Turn = new();
    private static readonly Queue<(long Bytes, TaskCompletionSource Admitted)> Waiting = new();
    private static long _taken;

    /// <summary>Waits for a share of the memory; disposing the result gives it back.</summary>
    /// <param name="bytes">What decoding takes.</param>
    internal static Share Enter(long bytes)
    {
        bytes = Math.Clamp(bytes, 0, Budget);
        TaskCompletionSource admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (Turn)
        {
            Waiting.Enqueue((bytes, admitted));
            Admit();
        }
        admitted.Task.GetAwaiter().GetResult();
        return new Share(bytes);
    }

    // In the order of asking, so that a large image is not put off for ever by small ones.
    private static void Admit()
    {
        while (Waiting.TryPeek(out (long Bytes, TaskCompletionSource Admitted) next) && _taken + next.Bytes <= Budget)
        {
            Waiting.Dequeue();
            _taken += next.Bytes;
            next.Admitted.SetResult();
        }
    }

    /// <summary>A share of the memory.</summary>
    /// <param name="bytes">Its size.</param>
    internal readonly struct Share(long bytes) : IDisposable
    {
        public void Dispose()
        {
            lock (Turn)
            {
                _taken -= bytes;
                Admit();
            }
        }
    }
}
