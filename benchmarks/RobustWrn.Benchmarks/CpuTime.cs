using System.Diagnostics;

namespace RobustWrn.Benchmarks;

/// <summary>CPU time of this process: unlike the clock on the wall it does not count what other programs take.</summary>
internal static class CpuTime
{
    public static double Of(Action action)
    {
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        action();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    }

    public static double Median(IEnumerable<double> seconds)
    {
        double[] sorted = [.. seconds.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
