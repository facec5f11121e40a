namespace RobustWrn.Core;

/// <summary>
/// Decodes files on threads of the pool, some ahead of their use. It knows bytes only: whoever reads makes tensors of them on its own
/// thread.
/// </summary>
/// <param name="decode">From the number of an image to its bytes, on any thread.</param>
/// <param name="workers">How many are decoded at once.</param>
/// <param name="ahead">How many may be decoded or wait before they are asked for.</param>
internal sealed class DecodingPipeline(Func<long, byte[]> decode, int workers, int ahead)
{
    private readonly TaskScheduler _scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, workers).ConcurrentScheduler;
    private readonly OrderedDictionary<long, Task<byte[]>> _begun = [];

    /// <summary>Begins with images that will be asked for. The oldest ones give way that nobody asked for.</summary>
    public void Begin(ReadOnlySpan<long> images)
    {
        lock (_begun)
        {
            foreach (long image in images[..Math.Min(images.Length, ahead)])
            {
                if (_begun.ContainsKey(image))
                    continue;
                if (_begun.Count == ahead)
                    _begun.RemoveAt(0);
                _begun.Add(image, Start(image));
            }
        }
    }

    /// <summary>The bytes of images, in their order; repeats are decoded once.</summary>
    /// <exception cref="InvalidDataException">One could not be decoded.</exception>
    public byte[][] Take(ReadOnlySpan<long> images)
    {
        Dictionary<long, Task<byte[]>> taken = [];
        Task<byte[]>[] tasks = new Task<byte[]>[images.Length];
        lock (_begun)
        {
            for (int i = 0; i < tasks.Length; i++)
            {
                if (!taken.TryGetValue(images[i], out Task<byte[]>? task))
                    taken.Add(images[i], task = _begun.Remove(images[i], out Task<byte[]>? begun) ? begun : Start(images[i]));
                tasks[i] = task;
            }
        }
        return Array.ConvertAll(tasks, task => task.GetAwaiter().GetResult());
    }

    private Task<byte[]> Start(long image) => Task.Factory.StartNew(() => decode(image), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
}
