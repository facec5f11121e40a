using MathNet.Numerics.Distributions;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// A density over the points of a space: a kernel at each of some points, and one that is flat. A kernel is a product over dimensions: of a
/// category it keeps the value or takes any; of ordered values it is a normal distribution over their places, cut off at the ends;
/// of one that does not count at its point it is flat, and where a dimension does not count nothing of it is asked.
/// </summary>
internal sealed class ParzenDensity
{
    // The width of ordered values, as a share of their range, for one point; Scott's rule makes it narrower with more of them.
    private const double Width = 0.2;

    private readonly SpaceShape _space;
    private readonly IReadOnlyList<ValueList<int>> _points;
    private readonly int[][] _marked;

    // [dimension][value of the point][value]: the kernel of a dimension.
    private readonly double[][][] _kernels;

    public ParzenDensity(SpaceShape space, IReadOnlyList<ValueList<int>> points)
    {
        (_space, _points) = (space, points);
        _marked = [.. points.Select(space.Marked)];
        int kernels = points.Count + 1;
        double narrowing = Math.Pow(Math.Max(1, points.Count), -1.0 / (space.Sizes.Count + 4));
        _kernels = [.. space.Sizes.Select((size, d) => Enumerable.Range(0, size).Select(at =>
            space.Kinds[d] == DimensionKind.Ordered ? Ordered(size, at, narrowing) : Category(size, at, kernels)).ToArray())];
    }

    /// <summary>The logarithm of the density, up to a constant.</summary>
    public double LogAt(ValueList<int> point)
    {
        int[] place = _space.Marked(point);
        double sum = 1;
        for (int d = 0; d < place.Length; d++)
            sum = place[d] < 0 ? sum : sum / _space.Sizes[d];
        foreach (int[] at in _marked)
        {
            double product = 1;
            for (int d = 0; d < _kernels.Length; d++)
            {
                if (place[d] >= 0)
                    product *= at[d] < 0 ? 1.0 / _space.Sizes[d] : _kernels[d][at[d]][place[d]];
            }
            sum += product;
        }
        return Math.Log(sum / (_points.Count + 1));
    }

    /// <summary>A point drawn from it, kept or not.</summary>
    public ValueList<int> Draw(RandomSequence draws)
    {
        int chosen = (int)draws.NextInt(_points.Count + 1);
        if (chosen == _points.Count)
            return _space.Draw(draws);
        return _space.Canonical(_marked[chosen].Select((at, d) => at < 0
            ? (int)draws.NextInt(_space.Sizes[d])
            : Drawn(_kernels[d][at], draws.NextDouble())).ToValueList());
    }

    private static int Drawn(double[] shares, double place)
    {
        int value = 0;
        for (; value < shares.Length - 1 && place >= shares[value]; value++)
            place -= shares[value];
        return value;
    }

    private static double[] Category(int size, int at, int kernels)
    {
        double any = 1.0 / kernels, all = 1 + any * size;
        return [.. Enumerable.Range(0, size).Select(value => (any + (value == at ? 1 : 0)) / all)];
    }

    private static double[] Ordered(int size, int at, double narrowing)
    {
        Normal normal = new(at, Math.Max(Width * narrowing * (size - 1), 0.3));
        double[] shares = [.. Enumerable.Range(0, size).Select(value =>
            normal.CumulativeDistribution(value + 0.5) - normal.CumulativeDistribution(value - 0.5))];
        double sum = shares.Sum();
        // A little of everything, so that no value is out of reach.
        return [.. shares.Select(share => 0.99 * share / sum + 0.01 / size)];
    }
}
