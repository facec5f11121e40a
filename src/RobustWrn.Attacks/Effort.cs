namespace RobustWrn.Attacks;

/// <summary>Scales numbers of steps.</summary>
internal static class Effort
{
    public static int Of(int steps, double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        return Math.Max(1, (int)Math.Ceiling(steps * share));
    }

    /// <summary>Passes without a gradient, counted as gradients: one of them needs about a third of the time.</summary>
    public static long Forward(long passes) => (passes + 2) / 3;
}
