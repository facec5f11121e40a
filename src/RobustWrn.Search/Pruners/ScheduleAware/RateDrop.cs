namespace RobustWrn.Search;

/// <summary>
/// A drop of the learning rate that nobody told of, as the curves show it: a quarter of them, at least two, rise at the same step by far
/// more than they move otherwise.
/// </summary>
internal sealed class RateDrop
{
    // Six median deviations are four standard deviations of normal noise: of 10,000 steps less than one.
    private const double Deviations = 6;

    // Of all that a curve ever covered. Drops give a fifth.
    private const double LeastRise = 0.1;

    private const int FewestSteps = 8;

    private readonly int[] _rising;
    private readonly int _grace;

    /// <summary>Looks at all curves.</summary>
    /// <param name="curves">The trials.</param>
    /// <param name="lastStep">The last step of a training; its first third is learning, in which every curve rises.</param>
    /// <param name="grace">The steps after a drop in which ranks settle; half of them are averaged on each side of a rise.</param>
    public RateDrop(CurveTable curves, int lastStep, int grace)
    {
        _grace = grace;
        _rising = new int[lastStep + 1];
        int width = Math.Max(1, grace / 2), first = Math.Max(width, lastStep / 3);
        int looked = 0;
        for (int at = 0; at < curves.Count; at++)
        {
            int last = Math.Min(curves[at].LastStep, lastStep);
            if (last - width - first + 1 < FewestSteps)
                continue;
            looked++;
            bool[] rises = new bool[lastStep + 1];
            for (int o = 0; o < curves.Objectives; o++)
                Mark(rises, curves, at, o, first, last, width);
            for (int s = 1; s < lastStep; s++)
                _rising[s] += rises[s - 1] || rises[s] || rises[s + 1] ? 1 : 0;
        }
        Needed = Math.Max(2, (looked + 7) / 8);
    }

    private int Needed { get; }

    /// <summary>Tells whether a drop shows that is long enough before a rung.</summary>
    /// <param name="rung">The rung.</param>
    public bool ShowsBy(int rung)
    {
        for (int s = 1; s <= rung - _grace; s++)
        {
            if (_rising[s] >= Needed)
                return true;
        }
        return false;
    }

    private static void Mark(bool[] rises, CurveTable curves, int at, int objective, int first, int last, int width)
    {
        double low = double.PositiveInfinity, high = 0;
        double[] sums = new double[last + 1];
        for (int s = 1; s <= last; s++)
        {
            double value = curves.Value(at, s, objective);
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
            sums[s] = sums[s - 1] + value;
        }
        double[] rise = new double[last - width - first + 1];
        for (int s = first; s <= last - width; s++)
            rise[s - first] = (sums[s + width] - 2 * sums[s] + sums[s - width]) / width;
        double usual = Median(rise), least = LeastRise * (high - low);
        // Mostly none is large, and the rest need not be known.
        if (rise.Max() - usual <= least)
            return;
        double deviation = Median(Array.ConvertAll(rise, value => Math.Abs(value - usual)));
        for (int s = first; s <= last - width; s++)
            rises[s] |= rise[s - first] - usual > Math.Max(Deviations * deviation, least);
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted[sorted.Length / 2];
    }
}
