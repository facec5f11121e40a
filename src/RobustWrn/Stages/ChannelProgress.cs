using System.Threading.Channels;

namespace RobustWrn;

/// <summary>Progress into a bounded channel: reports of work under way are dropped when it is full, finished work waits for room.</summary>
internal sealed class ChannelProgress(ChannelWriter<ExperimentProgress> writer, CancellationToken cancellationToken) : IProgress<ExperimentProgress>
{
    public void Report(ExperimentProgress value)
    {
        if (writer.TryWrite(value) || (value.Finished is null && value.Result is null))
            return;
        // The numeric thread is synchronous by design, so it is this thread that waits; cancellation ends the wait.
        while (writer.WaitToWriteAsync(cancellationToken).AsTask().GetAwaiter().GetResult())
        {
            if (writer.TryWrite(value))
                return;
        }
    }
}
