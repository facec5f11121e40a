namespace SearchArchitecture;

/// <summary>A curve of one line.</summary>
internal static class Sparkline
{
    private const string Heights = "▁▂▃▄▅▆▇█";

    /// <summary>Values from their smallest to their largest; of more than there is room for, evenly spaced ones and the last.</summary>
    /// <param name="values">The values, at least one.</param>
    /// <param name="most">The most characters.</param>
    public static string Of(IReadOnlyList<double> values, int most)
    {
        int count = Math.Min(values.Count, most);
        double[] shown = [.. Enumerable.Range(1, count).Select(i => values[(int)((long)i * values.Count / count) - 1])];
        double least = shown.Min(), range = shown.Max() - least;
        return string.Concat(shown.Select(value =>
            Heights[range > 0 ? (int)Math.Min((value - least) / range * Heights.Length, Heights.Length - 1) : 0]));
    }
}
