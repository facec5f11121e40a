using System.Globalization;

namespace RobustWrn.Attacks;

/// <summary>One number an image, summarised: mean and spread.</summary>
/// <param name="Count">How many, at least 1.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their standard deviation, of a sample (divided by n - 1); 0 for one number.</param>
/// <param name="Minimum">The smallest.</param>
/// <param name="Median">The middle one, or the mean of the two in the middle.</param>
/// <param name="Maximum">The largest.</param>
public sealed record SampleSummary(long Count, double Mean, double Deviation, double Minimum, double Median, double Maximum)
{
    /// <summary>Their sum.</summary>
    public double Sum => Mean * Count;

    /// <summary>The summary of some numbers; their order does not matter beyond rounding.</summary>
    /// <param name="values">The numbers.</param>
    /// <exception cref="ArgumentException">There is none, or one is not finite.</exception>
    public static SampleSummary Of(params ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
            throw new ArgumentException("there must be at least one number, got none.", nameof(values));
        double[] sorted = values.ToArray();
        if (Array.FindIndex(sorted, value => !double.IsFinite(value)) is >= 0 and int bad)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"numbers must be finite, got {sorted[bad]} at {bad}."), nameof(values));
        Array.Sort(sorted);
        int n = sorted.Length;
        double mean = sorted.Sum() / n;
        double deviation = n == 1 ? 0 : Math.Sqrt(sorted.Sum(value => (value - mean) * (value - mean)) / (n - 1));
        return new SampleSummary(n, mean, deviation, sorted[0], (sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[^1]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mean:g4} ± {Deviation:g2}");
}
