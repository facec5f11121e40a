namespace RobustWrn.Core;

/// <summary>Sizes of the windows of the Square attack (Andriushchenko et al. 2020, arXiv 1912.00049, and its published code).</summary>
public static class SquareSchedule
{
    // The share halves after each of these queries.
    private static readonly int[] Halvings = [10, 50, 200, 500, 1_000, 2_000, 4_000, 6_000, 8_000];

    /// <summary>The share of the pixels that a window covers.</summary>
    /// <param name="initial">The share at first.</param>
    /// <param name="query">Which query, from 0.</param>
    public static double Share(double initial, int query) => initial / (1 << Halvings.Count(halving => query > halving));

    /// <summary>The place of a query in the schedule, which is made for 10,000 of them.</summary>
    /// <param name="query">Which query, from 0.</param>
    /// <param name="queries">Out of how many.</param>
    public static int Scaled(int query, int queries) => (int)((double)query / queries * 10_000);

    /// <summary>The side of a window under Linf: a square of that share of the pixels, at least 1 and at most the image.</summary>
    /// <param name="share">The share of the pixels.</param>
    /// <param name="height">The image's height.</param>
    /// <param name="width">Its width.</param>
    public static int Side(double share, long height, long width) =>
        Math.Min(Math.Max(Rounded(share, height, width), 1), (int)Math.Min(height, width));

    /// <summary>The side of a window under L2 and L1: at least 3 and odd, where the image allows it.</summary>
    /// <param name="share">The share of the pixels.</param>
    /// <param name="height">The image's height.</param>
    /// <param name="width">Its width.</param>
    public static int OddSide(double share, long height, long width)
    {
        int side = Math.Max(Rounded(share, height, width), 3);
        return Math.Min(side % 2 == 0 ? side + 1 : side, (int)Math.Min(height, width));
    }

    private static int Rounded(double share, long height, long width) =>
        (int)Math.Round(Math.Sqrt(share * height * width), MidpointRounding.ToEven);
}
