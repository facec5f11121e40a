using System.Collections.Concurrent;
using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The kernel under which known values are most probable, with a prior that keeps few values from deciding much (maximum a posteriori).
/// </summary>
internal sealed class KernelFit
{
    private const int Iterations = 40;

    // Weights such that points that differ everywhere are alike by exp(-3), lengths that grow with the root of the dimensions as distances
    // do (Hvarfner et al. 2024, arXiv 2402.02229), and noise of a tenth of the deviation. Each logarithm within about 1.
    private const double AlikeAtAll = 3, LengthShare = 0.5, NoiseShare = 0.01;

    // Found kernels, since a study asks for the same one until it has grown by a tenth.
    private static readonly ConcurrentDictionary<string, double[]> Known = new();

    private const int MostKnown = 256;

    private readonly SpaceShape _space;
    private readonly int[][] _points;
    private readonly double[] _values, _means, _deviations;
    private double[] _best;
    private double _least = double.PositiveInfinity;

    internal KernelFit(SpaceShape space, int[][] points, double[] values)
    {
        (_space, _points, _values) = (space, points, values);
        int dimensions = space.Sizes.Count;
        _means =
        [
            .. space.Kinds.Select(kind => Math.Log(
                kind == DimensionKind.Ordered ? LengthShare * Math.Sqrt(dimensions) : AlikeAtAll / dimensions)),
            0, Math.Log(NoiseShare),
        ];
        _deviations = [.. space.Kinds.Select(_ => 1.0), 1, 1.5];
        _best = _means;
    }

    /// <summary>Finds it.</summary>
    public static PointKernel Of(SpaceShape space, int[][] points, double[] values)
    {
        string key = DescriptionJson.Fingerprint(string.Join(';', points.Select((point, i) =>
            string.Create(CultureInfo.InvariantCulture, $"{string.Join(',', point)}={values[i]:R}"))) + $"|{space.Sizes}|{space.Kinds}");
        if (!Known.TryGetValue(key, out double[]? logs))
        {
            logs = new KernelFit(space, points, values).Minimized();
            if (Known.Count >= MostKnown)
                Known.Clear();
            Known[key] = logs;
        }
        return new PointKernel(space, logs);
    }

    private double[] Minimized()
    {
        IObjectiveFunction objective = ObjectiveFunction.Gradient(at =>
        {
            (double value, double[] slopes) = Evaluate([.. at]);
            return (value, Vector<double>.Build.Dense(slopes));
        });
        try
        {
            new LimitedMemoryBfgsMinimizer(1e-3, 1e-4, 1e-5, memory: 10, maximumIterations: Iterations)
                .FindMinimum(objective, Vector<double>.Build.Dense(_means));
        }
        catch (OptimizationException)
        {
            // It says so when it stops before the minimum, too: the best that it has seen counts.
        }
        return _best;
    }

    /// <summary>The negative logarithm of the probability, up to a constant, and its slopes.</summary>
    internal (double Value, double[] Slopes) Evaluate(double[] logs)
    {
        double[] clamped = [.. logs.Select((log, i) => Math.Clamp(log, _means[i] - 8, _means[i] + 8))];
        PointKernel kernel = new(_space, clamped);
        int count = _points.Length, dimensions = _space.Sizes.Count;
        double[] each = new double[dimensions];
        double[,] matrix = new double[count, count];
        double[] all = new double[count * (count + 1) / 2 * dimensions];
        for (int i = 0, at = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++, at += dimensions)
                matrix[i, j] = matrix[j, i] = kernel.At(_points[i], _points[j], all.AsSpan(at, dimensions)) + (i == j ? kernel.Noise : 0);
        }
        double[] slopes = new double[clamped.Length];
        if (LowerTriangle.Of(matrix) is not { } factor)
            return (1e10, slopes);
        double[] half = factor.Times(_values), weights = factor.TransposedTimes(half);
        double value = 0.5 * (half.Sum(part => part * part) + factor.LogDeterminant);
        double[][] inverse = factor.Inverse();
        for (int i = 0, at = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++, at += dimensions)
            {
                // Both halves of the matrix at once.
                double pull = 0.5 * (inverse[i][j] - weights[i] * weights[j]) * (i == j ? 1 : 2);
                for (int d = 0; d < dimensions; d++)
                    slopes[d] += pull * all[at + d];
                slopes[dimensions] += pull * (matrix[i, j] - (i == j ? kernel.Noise : 0));
                slopes[dimensions + 1] += i == j ? pull * kernel.NoiseSlope : 0;
            }
        }
        for (int i = 0; i < logs.Length; i++)
        {
            double off = (logs[i] - _means[i]) / _deviations[i];
            value += 0.5 * off * off;
            slopes[i] += off / _deviations[i];
        }
        if (value < _least)
            (_least, _best) = (value, clamped);
        return (value, slopes);
    }
}
