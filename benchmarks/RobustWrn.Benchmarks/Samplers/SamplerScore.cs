using MathNet.Numerics.Distributions;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Benchmarks;

/// <summary>The scores that a run of a sampler is judged by.</summary>
internal static class SamplerScore
{
    /// <summary>The best first value among the first queries.</summary>
    public static double Best(IReadOnlyList<ValueList<double>> values, int queries) => values.Take(queries).Max(value => value[0]);

    /// <summary>The area that two values dominate above a corner.</summary>
    public static double Area(IEnumerable<ValueList<double>> values, double first, double second) =>
        Hypervolume.Of(values, [first, second]);

    /// <summary>Mean and standard error.</summary>
    public static (double Mean, double Error) Of(IReadOnlyList<double> runs)
    {
        double mean = runs.Average();
        return (mean, runs.Count < 2 ? 0 : Math.Sqrt(runs.Sum(run => (run - mean) * (run - mean)) / (runs.Count - 1) / runs.Count));
    }

    /// <summary>
    /// The probability of so high ranks of the first runs among both if the two were alike, one-sided: Mann and Whitney's test in its
    /// normal
    /// approximation, with ties.
    /// </summary>
    public static double RankTest(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        double wins = first.Sum(left => second.Sum(right => left > right ? 1 : left == right ? 0.5 : 0));
        double n = first.Count, m = second.Count, all = n + m;
        double ties = first.Concat(second).GroupBy(value => value).Sum(group => Math.Pow(group.Count(), 3) - group.Count());
        double deviation = Math.Sqrt(n * m / 12 * (all + 1 - ties / (all * (all - 1))));
        return deviation > 0 ? 1 - Normal.CDF(0, 1, (wins - n * m / 2) / deviation) : 1;
    }
}
