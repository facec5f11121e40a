using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Benchmarks;

/// <summary>Functions that optimisers are compared on, over grids, with their sign changed so that larger is better.</summary>
internal static class FunctionProblem
{
    private const int Values = 32;

    private static readonly double[] Alpha = [1, 1.2, 3, 3.2];

    private static readonly double[][] A =
    [
        [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14],
    ];

    private static readonly double[][] P =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    /// <summary>Branin (two dimensions, minimum 0.397887).</summary>
    public static SamplerProblem Branin { get; } = Over("Branin", 2, x =>
    {
        double first = 15 * x[0] - 5, second = 15 * x[1];
        double curve = second - 5.1 / (4 * Math.PI * Math.PI) * first * first + 5 / Math.PI * first - 6;
        return [-(curve * curve + 10 * (1 - 1 / (8 * Math.PI)) * Math.Cos(first) + 10)];
    });

    /// <summary>Hartmann with six dimensions (minimum -3.32237).</summary>
    public static SamplerProblem Hartmann { get; } = Over("Hartmann6", 6, x =>
        [Enumerable.Range(0, 4).Sum(i => Alpha[i] * Math.Exp(-Enumerable.Range(0, 6).Sum(j => A[i][j] * (x[j] - P[i][j]) * (x[j] - P[i][j]))))]);

    /// <summary>ZDT1 (Zitzler, Deb and Thiele 2000): a convex front.</summary>
    public static SamplerProblem Zdt1 { get; } = Over("ZDT1", 6, x => Zdt(x, (first, g) => 1 - Math.Sqrt(first / g)));

    /// <summary>ZDT2: a concave front.</summary>
    public static SamplerProblem Zdt2 { get; } = Over("ZDT2", 6, x => Zdt(x, (first, g) => 1 - first / g * (first / g)));

    /// <summary>DTLZ2 (Deb et al. 2002) with two objectives: a quarter of a circle.</summary>
    public static SamplerProblem Dtlz2 { get; } = Over("DTLZ2", 6, x =>
    {
        double g = x.Skip(1).Sum(value => (value - 0.5) * (value - 0.5));
        return [-(1 + g) * Math.Cos(x[0] * Math.PI / 2), -(1 + g) * Math.Sin(x[0] * Math.PI / 2)];
    });

    private static ValueList<double> Zdt(double[] x, Func<double, double, double> shape)
    {
        double g = 1 + 9 * x.Skip(1).Average();
        return [-x[0], -g * shape(x[0], g)];
    }

    private static SamplerProblem Over(string name, int dimensions, Func<double[], ValueList<double>> function) => new(
        name,
        new SpaceShape(Enumerable.Repeat(Values, dimensions).ToValueList(), kinds: Enumerable.Repeat(DimensionKind.Ordered, dimensions).ToValueList()),
        point => function([.. point.Select(index => index / (Values - 1.0))]));
}
