namespace RobustWrn;

/// <summary>
/// Runs numeric work on a thread of its own. Dispose scopes, no_grad and tensor statistics are thread-local, so the work must neither
/// await nor move. Work of one process queues: two experiments at once would slow each other down and share libtorch's threads.
/// </summary>
internal static class NumericThread
{
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    public static async Task<T> RunAsync<T>(Func<T> work, string name, CancellationToken cancellationToken)
    {
        await OneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Thread thread = new(() => Complete(work, completion, cancellationToken), maxStackSize: 16 << 20) { IsBackground = true, Name = name };
            thread.Start();
            return await completion.Task.ConfigureAwait(false);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private static void Complete<T>(Func<T> work, TaskCompletionSource<T> completion, CancellationToken cancellationToken)
    {
        try
        {
            completion.SetResult(work());
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            completion.SetCanceled(cancellationToken);
        }
        catch (Exception e)
        {
            completion.SetException(e);
        }
    }
}
