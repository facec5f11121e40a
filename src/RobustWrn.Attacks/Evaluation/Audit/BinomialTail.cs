using MathNet.Numerics;

namespace RobustWrn.Attacks;

/// <summary>The exact one-sided binomial test.</summary>
internal static class BinomialTail
{
    /// <summary>How likely at least so many hits are, if each is hit independently with a probability of at most the rate.</summary>
    /// <param name="hits">How many were.</param>
    /// <param name="total">Out of how many.</param>
    /// <param name="rate">The probability, in (0, 1).</param>
    public static double AtLeast(long hits, long total, double rate) =>
        // P(X >= k) is the regularised incomplete beta function, which keeps its digits where 1 - P(X < k) has none left.
        hits <= 0 ? 1 : SpecialFunctions.BetaRegularized(hits, total - hits + 1, rate);
}
