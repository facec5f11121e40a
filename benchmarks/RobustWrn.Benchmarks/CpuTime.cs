namespace RobustWrn.Benchmarks;

/// <summary>CPU time of this process: unlike the clock on the wall it does not count what other programs take.</summary>
internal static class CpuTime
{
    public static double Of(Action action)
    {
        // As the kernel counts it: what Process tells comes in hundredths of a second.
        TimeSpan before = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    public static double Median(IEnumerable<double> seconds)
    {
        double[] sorted = [.. seconds.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>How many times as long one action takes as another, run in turns after a round to warm up: the median, with the lowest and the highest of the rounds.</summary>
    public static (double Median, double Lowest, double Highest) Ratio(int rounds, Action one, Action other)
    {
        List<double> ratios = [];
        for (int round = -1; round < rounds; round++)
        {
            double first = Of(one), second = Of(other);
            if (round >= 0)
                ratios.Add(first / second);
        }
        return (Median(ratios), ratios.Min(), ratios.Max());
    }
}
