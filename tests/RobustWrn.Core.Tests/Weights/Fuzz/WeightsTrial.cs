using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>One attempt to read a file of any content: what came out, how long it took, what it allocated.</summary>
internal sealed record WeightsTrial(IReadOnlyDictionary<string, byte[]>? Tensors, string? Refusal, TimeSpan Time, long Allocated)
{
    private const long LargestTouched = 1 << 16;

    /// <summary>Only the library's own exception is caught: any other fails the test that runs this.</summary>
    public static WeightsTrial Run(string path, byte[] content)
    {
        File.WriteAllBytes(path, content);
        using DisposeScope scope = NewDisposeScope();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            using WeightsFile file = WeightsFile.Open(path);
            _ = file.Entries.Count + file.Metadata.Count;
            using NamedTensors tensors = file.Read();
            (TimeSpan time, long allocated) = (watch.Elapsed, GC.GetAllocatedBytesForCurrentThread() - before);
            Dictionary<string, byte[]> values = tensors.Pairs.Where(pair => pair.Value.numel() <= LargestTouched)
                .ToDictionary(pair => pair.Key, pair => pair.Value.numel() == 0 ? [] : pair.Value.contiguous().bytes.ToArray());
            return new WeightsTrial(values, null, time, allocated);
        }
        catch (WeightsFileException e)
        {
            return new WeightsTrial(null, e.Message, watch.Elapsed, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    /// <summary>At most a second. A slow attempt is made again, twice: the machine may have been busy with something else.</summary>
    public static WeightsTrial RunWithinASecond(string path, byte[] content, string what)
    {
        WeightsTrial trial = Run(path, content);
        for (int again = 0; again < 2 && trial.Time > TimeSpan.FromSeconds(1); again++)
            trial = Run(path, content);
        Assert.True(trial.Time < TimeSpan.FromSeconds(1), $"{what} took {trial.Time}");
        return trial;
    }

    /// <summary>
    /// At most a second, and at most the larger of 1 MiB and twice the file in all, so in each single allocation too (tensors pass the same gate).
    /// </summary>
    public static WeightsTrial RunWithinBounds(string path, byte[] content, string what)
    {
        WeightsTrial trial = RunWithinASecond(path, content, what);
        long bound = Math.Max(1 << 20, 2 * content.Length);
        Assert.True(trial.Allocated <= bound, $"{what} allocated {trial.Allocated} bytes for a file of {content.Length}");
        return trial;
    }
}
