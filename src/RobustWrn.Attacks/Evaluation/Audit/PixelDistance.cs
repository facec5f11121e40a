using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// How far images were moved, in pixel space and float64, in the Lp norm that a name says (<c>linf</c>, <c>l2</c>, <c>l1</c>, <c>l4</c>):
/// what the audit holds a threat's own distance and tolerance against.
/// </summary>
internal static class PixelDistance
{
    // Values are below 2 once they are divided by the largest; the power above is the last that float64 holds in a sum of a million.
    private const double LargestExponent = 1_000;

    /// <summary>The farthest of several images.</summary>
    /// <param name="moved">(N, C, H, W).</param>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="norm">The norm's short name.</param>
    /// <returns>The distance, or null for a name that says no p of at least 1.</returns>
    public static double? Farthest(Tensor moved, Tensor images, string norm)
    {
        if (Exponent(norm) is not { } p)
            return null;
        using DisposeScope scope = NewDisposeScope();
        Tensor change = (moved.to(ScalarType.Float64) - images.to(ScalarType.Float64)).abs().flatten(1);
        Tensor distances = p switch
        {
            double.PositiveInfinity => change.amax([1]),
            1 => change.sum(1),
            2 => change.Squared().sum(1).sqrt(),
            _ => Length(change, p),
        };
        return distances.max().Number();
    }

    /// <summary>
    /// The distance beyond the radius to which rounding may carry a float32 image. 1e-6 in a pixel, ten times the rounding of numbers below
    /// 1;
    /// where many pixels add up, 1e-5 of the radius.
    /// </summary>
    /// <param name="norm">The norm's short name.</param>
    /// <param name="epsilon">The radius.</param>
    public static double Rounding(string norm, double epsilon) =>
        Exponent(norm) == double.PositiveInfinity ? 1e-6 : 1e-5 * Math.Max(1, epsilon);

    private static double? Exponent(string norm) =>
        norm == "linf" ? double.PositiveInfinity
        : norm.StartsWith('l')
            && double.TryParse(norm.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double p)
            && p is >= 1 and <= LargestExponent ? p : null;

    // By the largest value first: a high power of a small number is 0.
    private static Tensor Length(Tensor change, double p)
    {
        Tensor scale = change.RowScale();
        return (change / scale).ToThePower(p).sum(1).ToThePower(1 / p).mul_(scale.squeeze(1));
    }
}
