using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// What an attacker may do: move an image at most <see cref="Epsilon"/> in some norm, and stay in [0, 1].
/// Lengths are in pixel units of images in [0, 1]: write <c>ThreatModel.Linf(8, outOf: 255)</c>.
/// </summary>
/// <remarks>
/// A norm is a sealed record that derives from this one, with its parts in one folder. What is abstract here suffices for attacks such as
/// PGD and APGD and for the audit; attacks that need more ask for a part, an interface that the record implements:
/// <see cref="IHyperplaneProjection"/>, <see cref="ISquareGeometry"/>, <see cref="IApgdGeometry"/> (see <see cref="NormParts"/>).
/// </remarks>
public abstract record ThreatModel : IDescription, IBall
{
    /// <summary>The radius of the ball, in the norm, for pixels in [0, 1].</summary>
    public double Epsilon { get; init; }

    /// <summary>
    /// The norm's short name: <c>linf</c>, <c>l2</c>, <c>l1</c>. By a name such as <c>l4</c> the audit knows the p of an Lp norm, and
    /// measures distances of its own.
    /// </summary>
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
                $"epsilon must be in (0, 1], got {radius}. Pixels are in [0, 1]: "
                + $"write ThreatModel.Linf({LinfThreat.Example(epsilon)}, outOf: 255)."));
        return new LinfThreat { Epsilon = radius };
    }

    /// <summary>
    /// An image moves at most epsilon in Euclidean length over all its channels and pixels: <c>L2(0.5)</c>, or <c>L2(128, outOf: 255)</c>.
    /// </summary>
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

    /// <summary>The length of each move in the norm. Default: its <see cref="Distance"/> from no move.</summary>
    /// <param name="moves">(N, C, H, W), or the values of each in a row, (N, D).</param>
    /// <returns>(N). The caller disposes it.</returns>
    public virtual Tensor Length(Tensor moves)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = AsImages(moves);
        return Distance(pixels, zeros_like(pixels)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The dual norm: how much a move of length 1 changes a linear function at most. Default: how much the steepest direction does.
    /// </summary>
    /// <param name="gradient">The slopes, (N, C, H, W), or those of each function in a row, (N, D); of any size.</param>
    /// <returns>(N). The caller disposes it.</returns>
    public virtual Tensor DualNorm(Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = AsImages(gradient), scale = pixels.RowScale(), scaled = pixels / scale;
        return (SteepestDirection(scaled) * scaled).flatten(1).sum(1).mul_(scale.flatten()).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Random moves of length 1, with which restarts of FAB begin. Default: normal noise divided by its length, as in Croce and Hein's
    /// code.
    /// </summary>
    /// <param name="noise">Where the randomness comes from.</param>
    /// <param name="examples">The ids of the N examples.</param>
    /// <param name="like">Images, for shape, dtype and device: (N, C, H, W).</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    public virtual Tensor RandomDirection(RandomStream noise, ReadOnlySpan<long> examples, Tensor like)
    {
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentNullException.ThrowIfNull(like);
        using DisposeScope scope = NewDisposeScope();
        Tensor normal = noise.Normal(examples, like.shape.AsSpan(1), like.dtype, like.device);
        return (normal / Length(normal).reshape(-1, 1, 1, 1)).MoveToOuterDisposeScope();
    }

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

    // The values of a row are those of an image of one pixel: norms know images.
    private static Tensor AsImages(Tensor rows) => rows.dim() == 2 ? rows.reshape(rows.shape[0], rows.shape[1], 1, 1) : rows.alias();

    private static long Values(Tensor images) => images.numel() / Math.Max(1, images.shape[0]);
}
