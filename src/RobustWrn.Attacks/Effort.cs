namespace RobustWrn.Attacks;

/// <summary>A share of an attack's work: what <see cref="IAttack.WithEffort"/> makes of numbers of steps.</summary>
public static class Effort
{
    /// <summary>A share of some steps, rounded up, so that at least one is left.</summary>
    /// <param name="steps">All of them.</param>
    /// <param name="share">In (0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside (0, 1].</exception>
    public static int Of(int steps, double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        return Math.Max(1, (int)Math.Ceiling(steps * share));
    }

    /// <summary>Passes without a gradient, counted as gradients: one of them needs about a third of the time.</summary>
    /// <param name="passes">Forward passes.</param>
    public static long Forward(long passes) => (passes + 2) / 3;
}
