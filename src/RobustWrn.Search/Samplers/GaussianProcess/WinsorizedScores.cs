using MathNet.Numerics.Statistics;

namespace RobustWrn.Search;

/// <summary>
/// Values with mean 0 and deviation 1 after those far below the others are brought nearer: below the median, distances are those of the
/// ranks, so that networks that learned nothing do not decide the scale on which good ones differ.
/// </summary>
internal static class WinsorizedScores
{
    public static double[] Of(IReadOnlyList<double> values)
    {
        double median = values.Median();
        double[] above = [.. values.Where(value => value >= median).Select(value => value - median)];
        double spread = Math.Sqrt(above.Sum(value => value * value) / above.Length);
        double[] ranks = NormalScores.Of(values);
        double[] moved = [.. values.Select((value, i) => value >= median ? value : median + spread * Math.Min(0, ranks[i]))];
        double mean = moved.Average(), deviation = Math.Sqrt(moved.Sum(value => (value - mean) * (value - mean)) / moved.Length);
        return [.. moved.Select(value => deviation > 0 ? (value - mean) / deviation : 0)];
    }
}
