using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// How far images were moved, in pixel space and float64, by the three textbook norms: what the audit holds a threat's own distance and tolerance against.
/// </summary>
internal static class PixelDistance
{
    /// <summary>The farthest of several images.</summary>
    /// <param name="moved">(N, C, H, W).</param>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="norm">The norm's short name.</param>
    /// <returns>The distance, or null for a norm of another name.</returns>
    public static double? Farthest(Tensor moved, Tensor images, string norm)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor change = (moved.to(ScalarType.Float64) - images.to(ScalarType.Float64)).abs().flatten(1);
        Tensor? distances = norm switch
        {
            "linf" => change.amax([1]),
            "l2" => change.Squared().sum(1).sqrt(),
            "l1" => change.sum(1),
            _ => null,
        };
        return distances?.max().Number();
    }

    /// <summary>How much farther than the radius rounding may carry a float32 image. 1e-6 in a pixel, ten times the rounding of numbers below 1; where many pixels add up, 1e-5 of the radius.</summary>
    /// <param name="norm">The norm's short name.</param>
    /// <param name="epsilon">The radius.</param>
    public static double Rounding(string norm, double epsilon) => norm == "linf" ? 1e-6 : 1e-5 * Math.Max(1, epsilon);
}
