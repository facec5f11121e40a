namespace RobustWrn.Search;

/// <summary>
/// A normal distribution over functions on a space, after values at some of its points are known (Rasmussen and Williams 2006, chapter 2).
/// </summary>
internal sealed class GaussianProcess
{
    private readonly PointKernel _kernel;
    private readonly int[][] _points;
    private readonly LowerTriangle _factor;
    private readonly double[] _weights;

    /// <summary>Learns values.</summary>
    /// <param name="kernel">How alike values are.</param>
    /// <param name="points">Where they are known.</param>
    /// <param name="values">The values, about 0 with deviation about 1.</param>
    public GaussianProcess(PointKernel kernel, int[][] points, double[] values)
    {
        (_kernel, _points) = (kernel, points);
        double[,] matrix = new double[points.Length, points.Length];
        for (int i = 0; i < points.Length; i++)
        {
            for (int j = 0; j <= i; j++)
                matrix[i, j] = matrix[j, i] = kernel.At(points[i], points[j]) + (i == j ? kernel.Noise : 0);
        }
        _factor = LowerTriangle.Of(matrix) ?? throw new ArithmeticException(
            "the covariance matrix must be positive definite, but rounding has made it none.");
        _weights = _factor.TransposedTimes(_factor.Times(values));
    }

    /// <summary>Mean and deviation of the value at a point, without noise.</summary>
    public (double Mean, double Deviation) At(ReadOnlySpan<int> point)
    {
        double[] alike = new double[_points.Length];
        double mean = 0;
        for (int i = 0; i < alike.Length; i++)
        {
            alike[i] = _kernel.At(point, _points[i]);
            mean += alike[i] * _weights[i];
        }
        double known = 0;
        foreach (double part in _factor.Times(alike))
            known += part * part;
        return (mean, Math.Sqrt(Math.Max(_kernel.Variance - known, 1e-12)));
    }
}
