using MathNet.Numerics.Distributions;

namespace RobustWrn.Search;

/// <summary>
/// Values by their ranks alone, as quantiles of a standard normal distribution (van der Waerden scores): a few networks that learned
/// nothing,
/// or values of another scale, then change nothing. Equal values share their mean rank.
/// </summary>
internal static class NormalScores
{
    public static double[] Of(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        double[] scores = new double[values.Count];
        for (int first = 0, behind; first < order.Length; first = behind)
        {
            for (behind = first + 1; behind < order.Length && values[order[behind]] == values[order[first]];)
                behind++;
            double score = Normal.InvCDF(0, 1, ((first + behind - 1) / 2.0 + 0.5) / order.Length);
            for (int i = first; i < behind; i++)
                scores[order[i]] = score;
        }
        return scores;
    }
}
