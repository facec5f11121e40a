using System.Globalization;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// What an attacker may do: move an image at most <see cref="Epsilon"/> in some norm, and stay in [0, 1].
/// Lengths are in pixel units of images in [0, 1]: write <c>ThreatModel.Linf(8, outOf: 255)</c>.
/// </summary>
public abstract record ThreatModel : IDescription, IBall
{
    /// <summary>The radius of the ball, in the norm, for pixels in [0, 1].</summary>
    public double Epsilon { get; init; }

    /// <summary>The norm's short name: <c>linf</c>, <c>l2</c>, <c>l1</c>.</summary>
    public abstract string Norm { get; }

    /// <summary>How far float32 rounding may carry a point out of the ball: 1e-6 for Linf; verified by every evaluation.</summary>
    public abstract double Tolerance { get; }

    /// <summary>Every pixel moves at most epsilon: <c>Linf(8, outOf: 255)</c>, or <c>Linf(0.03)</c>.</summary>
    /// <param name="epsilon">The largest change.</param>
    /// <param name="outOf">The unit: 255 for 8-bit levels, 1 for pixels in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">epsilon / outOf is not in (0, 1].</exception>
    public static LinfThreat Linf(double epsilon, double outOf = 1)
    {
        double radius = epsilon / outOf;
        if (!(radius > 0 && radius <= 1))
            throw new ArgumentOutOfRangeException(nameof(epsilon), string.Create(CultureInfo.InvariantCulture,
                $"epsilon must be in (0, 1], got {radius}. Pixels are in [0, 1]: write ThreatModel.Linf({LinfThreat.Example(epsilon)}, outOf: 255)."));
        return new LinfThreat { Epsilon = radius };
    }

    /// <summary>An image moves at most epsilon in Euclidean length over all its channels and pixels: <c>L2(0.5)</c>, or <c>L2(128, outOf: 255)</c>.</summary>
    /// <param name="epsilon">The largest length.</param>
    /// <param name="outOf">The unit: 255 for 8-bit levels, 1 for pixels in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">epsilon / outOf is not a finite number above 0.</exception>
    public static L2Threat L2(double epsilon, double outOf = 1)
    {
        double radius = epsilon / outOf;
        if (!(double.IsFinite(radius) && radius > 0))
            throw new ArgumentOutOfRangeException(nameof(epsilon), string.Create(CultureInfo.InvariantCulture,
                $"epsilon must be a finite number above 0, got {radius}. Pixels are in [0, 1]: write ThreatModel.L2(0.5)."));
        return new L2Threat { Epsilon = radius };
    }

    /// <summary>The changes of all of an image's values, over channels and pixels, add up to at most epsilon: <c>L1(12)</c>.</summary>
    /// <param name="epsilon">The largest sum.</param>
    /// <param name="outOf">The unit: 255 for 8-bit levels, 1 for pixels in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">epsilon / outOf is not a finite number above 0.</exception>
    public static L1Threat L1(double epsilon, double outOf = 1)
    {
        double radius = epsilon / outOf;
        if (!(double.IsFinite(radius) && radius > 0))
            throw new ArgumentOutOfRangeException(nameof(epsilon), string.Create(CultureInfo.InvariantCulture,
                $"epsilon must be a finite number above 0, got {radius}. Pixels are in [0, 1]: write ThreatModel.L1(12)."));
        return new L1Threat { Epsilon = radius };
    }

    /// <summary>
    /// The largest distance of two images in [0, 1]: a ball of that radius or more around an image holds them all. Default: infinite,
    /// nothing is known.
    /// </summary>
    /// <param name="values">How many values an image has, over channels and pixels.</param>
    public virtual double Diameter(long values) => double.PositiveInfinity;

    /// <summary>
    /// The same threat with the radius that can be used: where it is larger than the <see cref="Diameter"/>, the diameter. The ball in [0,
    /// 1] is the same; lengths of steps that are
    /// shares of it stay within what pixels and float32 can hold. A threat with problems stays as it is, to be refused.
    /// </summary>
    /// <param name="values">How many values an image has, over channels and pixels.</param>
    public ThreatModel InBox(long values) =>
        values >= 1 && Epsilon > Diameter(values) && !Problems().Any() ? this with { Epsilon = Diameter(values) } : this;

    /// <summary>The distance of each pair of images.</summary>
    /// <param name="candidates">(N, C, H, W).</param>
    /// <param name="images">(N, C, H, W).</param>
    /// <returns>(N). The caller disposes it.</returns>
    public abstract Tensor Distance(Tensor candidates, Tensor images);

    /// <summary>Random points of the ball around the images, clamped to [0, 1].</summary>
    /// <param name="images">(N, C, H, W) in [0, 1].</param>
    /// <param name="noise">Where the randomness comes from.</param>
    /// <param name="examples">The ids of the N images.</param>
    /// <returns>(N, C, H, W), same dtype and device as the images. The caller disposes it.</returns>
    public abstract Tensor RandomStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples);

    /// <inheritdoc/>
    public abstract Tensor SteepestDirection(Tensor gradient);

    /// <inheritdoc/>
    public abstract Tensor Project(Tensor candidates, Tensor images);

    /// <inheritdoc/>
    public virtual IEnumerable<Problem> Problems() => Rule.Positive(Epsilon);

    /// <summary>The radius, or the diameter of [0, 1] for such images where that is smaller: a number of float32 in any case.</summary>
    /// <param name="images">(N, C, H, W).</param>
    protected double Reach(Tensor images) => Math.Min(Epsilon, Diameter(Values(images)));

    /// <summary>Whether the ball around any such image holds all of [0, 1], so that nothing is left of it but the box.</summary>
    /// <param name="images">(N, C, H, W).</param>
    protected bool HoldsTheBox(Tensor images) => Epsilon >= Diameter(Values(images));

    private static long Values(Tensor images) => images.numel() / Math.Max(1, images.shape[0]);
}
