namespace RobustWrn.Benchmarks;

/// <summary>The plainest way to save epochs: train fewer runs, drawn at random, to the end.</summary>
internal static class WholeRuns
{
    /// <summary>
    /// The expected regret of a random subset of whole runs, exactly: of sorted values v_1 to v_n the best of a subset of k is v_i with
    /// probability C(i - 1, k - 1) / C(n, k).
    /// </summary>
    /// <remarks>
    /// Example: of the values 1, 2 and 4 the best of two is 2 for one subset and 4 for two, so the regret is 4 - (2 + 4 + 4) / 3 = 2/3.
    /// </remarks>
    /// <param name="values">What the runs are worth.</param>
    /// <param name="count">The number of whole runs, from 1 to as many as there are.</param>
    public static double Regret(IEnumerable<double> values, int count)
    {
        double[] sorted = [.. values.OrderDescending()];
        // C(n - 1 - j, k - 1) / C(n, k) for the j best that are not in the subset, by the ratio of one to the one before.
        double probability = (double)count / sorted.Length, expected = 0;
        for (int j = 0; j <= sorted.Length - count; j++)
        {
            expected += probability * sorted[j];
            if (j < sorted.Length - count)
                probability *= (double)(sorted.Length - count - j) / (sorted.Length - 1 - j);
        }
        return sorted[0] - expected;
    }

    /// <summary>The whole runs that a share of all epochs pays for: at least one.</summary>
    public static int PaidBy(double used, int runs) => Math.Clamp((int)Math.Floor(used * runs + 1e-9), 1, runs);
}
