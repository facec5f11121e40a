namespace RobustWrn.Core;

/// <summary>Draws of Beta(alpha, alpha), by rejection.</summary>
internal static class SymmetricBeta
{
    /// <summary>One number in [0, 1].</summary>
    /// <param name="draws">Where randomness comes from; how much is used varies.</param>
    /// <param name="alpha">Both parameters, above 0; 1 is the uniform distribution.</param>
    public static double Draw(RandomSequence draws, double alpha)
    {
        while (true)
        {
            double u = draws.NextDouble(), v = draws.NextDouble();
            if (alpha == 1)
                return u;
            if (alpha > 1)
            {
                // The density is proportional to (4 u (1 - u))^(alpha - 1), at most 1.
                if (v < Math.Pow(4 * u * (1 - u), alpha - 1))
                    return u;
                continue;
            }
            // Johnk 1964: x = u^(1/alpha), y = v^(1/alpha), and x / (x + y) if x + y is at most 1; as logarithms, because they may be too
            // small for a number.
            double x = Math.Log(u) / alpha, y = Math.Log(v) / alpha, larger = Math.Max(x, y);
            if (larger + Math.Log(Math.Exp(x - larger) + Math.Exp(y - larger)) <= 0)
                return 1 / (1 + Math.Exp(y - x));
        }
    }
}
