using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The covariance of the values at two points: exp(-weight) for each category in which they differ, times Matern's function with smoothness
/// 5/2
/// of the distance over ordered values. Where a dimension does not count, which is index -1, it has one more category, or a place half the
/// range beside the middle of its ordered values: both leave the covariance of any points positive.
/// </summary>
/// <param name="space">The space.</param>
/// <param name="logs">
/// Logarithms: of each dimension its weight, for a category, or its length, as a share of its range; then of the variance and of the
/// noise's.
/// </param>
internal sealed class PointKernel(SpaceShape space, double[] logs)
{
    private static readonly double Root5 = Math.Sqrt(5);

    private readonly bool[] _ordered = [.. space.Kinds.Select(kind => kind == DimensionKind.Ordered)];
    private readonly double[] _scale = [.. space.Sizes.Select(size => 1.0 / Math.Max(1, size - 1))];
    private readonly double[] _weights = [.. logs.Take(space.Sizes.Count).Select(Math.Exp)];

    public double Variance { get; } = Math.Exp(logs[^2]);

    // Never so small that the matrix of equal points cannot be inverted.
    public double Noise { get; } = Math.Exp(logs[^1]) + 1e-6;

    /// <summary>The change of <see cref="Noise"/> with its logarithm.</summary>
    public double NoiseSlope { get; } = Math.Exp(logs[^1]);

    /// <summary>The covariance of the functions's values at two points.</summary>
    public double At(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        (double differing, double squared) = Distances(left, right);
        double distance = Math.Sqrt(squared);
        return Variance * Math.Exp(-differing - Root5 * distance) * (1 + Root5 * distance + 5.0 / 3 * squared);
    }

    /// <summary>The covariance, and what it changes by with the logarithm of each dimension's weight or length.</summary>
    public double At(ReadOnlySpan<int> left, ReadOnlySpan<int> right, Span<double> slopes)
    {
        (double differing, double squared) = Distances(left, right);
        double distance = Math.Sqrt(squared), decay = Variance * Math.Exp(-differing - Root5 * distance);
        double value = decay * (1 + Root5 * distance + 5.0 / 3 * squared);
        for (int d = 0; d < _weights.Length; d++)
        {
            if (left[d] == right[d])
            {
                slopes[d] = 0;
                continue;
            }
            double apart = Apart(left[d], right[d], d);
            slopes[d] = _ordered[d] ? decay * 5 / 3 * (1 + Root5 * distance) * apart * apart : -value * _weights[d];
        }
        return value;
    }

    private (double Differing, double Squared) Distances(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        double differing = 0, squared = 0;
        for (int d = 0; d < _weights.Length; d++)
        {
            if (left[d] == right[d])
                continue;
            if (!_ordered[d])
            {
                differing += _weights[d];
                continue;
            }
            double apart = Apart(left[d], right[d], d);
            squared += apart * apart;
        }
        return (differing, squared);
    }

    private double Apart(int left, int right, int d)
    {
        if (left >= 0 && right >= 0)
            return (left - right) * _scale[d] / _weights[d];
        double fromMiddle = Math.Max(left, right) * _scale[d] - 0.5;
        return Math.Sqrt(fromMiddle * fromMiddle + 0.25) / _weights[d];
    }
}
