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
}
