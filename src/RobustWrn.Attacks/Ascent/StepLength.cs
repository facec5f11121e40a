using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Directions made as long as a step.</summary>
internal static class StepLength
{
    // Far beyond [0, 1] from anywhere. Longer ones overflow float32, and infinity times a slope of 0 is NaN.
    private const double Longest = 1e30;

    /// <summary>The direction times a length, in place.</summary>
    public static Tensor TimesLength(this Tensor direction, double length) => direction.TimesInPlace(Math.Min(length, Longest));
}
