using MathNet.Numerics.Distributions;

namespace RobustWrn.Search;

/// <summary>The improvement to be expected of a value of which only a normal distribution is known.</summary>
internal static class Improvement
{
    /// <summary>By how much it is expected to lie above a threshold (Jones, Schonlau and Welch 1998).</summary>
    public static double Above(double threshold, double mean, double deviation)
    {
        double z = (mean - threshold) / deviation;
        return Math.Max(0, deviation * (z * Normal.CDF(0, 1, z) + Normal.PDF(0, 1, z)));
    }

    /// <summary>
    /// By how much two independent values are expected to enlarge the area that a front dominates (Emmerich, Deutz and Klinkenberg 2011): a
    /// sum over the strips between its points.
    /// </summary>
    /// <param name="front">The front's points by rising first value, none dominated, all above the reference.</param>
    /// <param name="reference">The corner that areas are measured from.</param>
    /// <param name="first">Mean and deviation of the first value.</param>
    /// <param name="second">Mean and deviation of the second value.</param>
    public static double OfArea(
        IReadOnlyList<(double First, double Second)> front,
        (double First, double Second) reference,
        (double Mean, double Deviation) first,
        (double Mean, double Deviation) second)
    {
        double sum = 0, left = Above(reference.First, first.Mean, first.Deviation);
        for (int strip = 0; strip <= front.Count; strip++)
        {
            double right = strip < front.Count ? Above(front[strip].First, first.Mean, first.Deviation) : 0;
            double height = strip < front.Count ? front[strip].Second : reference.Second;
            sum += (left - right) * Above(height, second.Mean, second.Deviation);
            left = right;
        }
        return sum;
    }
}
