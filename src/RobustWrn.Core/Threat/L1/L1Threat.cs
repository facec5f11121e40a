using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The changes of an image's values add up to at most epsilon. Create it with <see cref="ThreatModel.L1"/>.</summary>
public sealed record L1Threat : ThreatModel, IHyperplaneProjection, IApgdGeometry, ISquareGeometry, ISparseAscent
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "l1";

    // Uniform draws are multiples of 2^-24; -log of the smallest is the largest exponential number that a start is made of.
    private const double SmallestDraw = 1.0 / 16_777_216;

    // Sums of numbers up to this one are exact to a billionth in float64. Whatever lies farther out of [0, 1] is as far.
    private const double Farthest = 1e6;

    /// <inheritdoc/>
    public override string Norm => TypeName;

    /// <inheritdoc/>
    public override double Tolerance => 1e-5 * Math.Max(1, Epsilon);

    /// <inheritdoc/>
    public override Tensor Distance(Tensor candidates, Tensor images)
    {
        using Tensor moves = candidates - images;
        return Length(moves);
    }

    /// <inheritdoc/>
    public override Tensor Length(Tensor moves)
    {
        using DisposeScope scope = NewDisposeScope();
        return moves.abs().flatten(1).sum(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>The largest absolute value.</remarks>
    public override Tensor DualNorm(Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        return gradient.abs().flatten(1).amax([1]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Uniform in the ball (Barthe et al. 2005, arXiv math/0503650): exponential numbers with random signs, divided by their sum and one
    /// more. Then projected.
    /// </remarks>
    public override Tensor RandomStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor signed = noise.For("direction").Uniform(examples, images.shape.AsSpan(1), images.dtype, images.device).Times(2.0).Minus(1);
        Tensor exponential = Exponential(signed.abs());
        Tensor more = Exponential(noise.For("radius").Uniform(examples, [1, 1, 1], images.dtype, images.device));
        Tensor sum = exponential.flatten(1).sum(1).reshape(-1, 1, 1, 1).Plus(more);
        return Project(images.Plus((signed.sign() * exponential / sum).Times(Reach(images))), images).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// One value: the one of the largest slope; the first of several. APGD moves many values at once (<see cref="ApgdUpdate"/>).
    /// </remarks>
    public override Tensor SteepestDirection(Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = gradient.flatten(1);
        Tensor steepest = flat.abs().argmax(1, keepdim: true);
        return zeros_like(flat).scatter_(1, steepest, flat.gather(1, steepest).sign_()).reshape(gradient.shape).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>The nearest point of ball and box together (Croce and Hein 2021, arXiv 2103.01208), not of one after the other.</remarks>
    public override Tensor Project(Tensor candidates, Tensor images)
    {
        if (HoldsTheBox(images))
            return candidates.Clamped(0, 1);
        using DisposeScope scope = NewDisposeScope();
        Tensor move = (candidates - images).flatten(1).ClampInPlace(-Farthest, Farthest), wanted = move.abs();
        // How far a value can go before it leaves [0, 1] on its side.
        Tensor flat = images.flatten(1), room = where(move.IsAbove(0), flat.neg().PlusInPlace(1), flat);
        // The nearest point shortens every move by the same length and then stops it at the box:
        // f(s) = sum min(max(wanted - s, 0), room), where f(s) = epsilon.
        // f is piecewise linear: a value starts to shrink at s = wanted - room and is gone at s = wanted.
        // Sums in float64: a thousand values of a random start add up to far more than the radius, and in float32 the difference would be
        // off by more than the tolerance.
        (Tensor sorted, Tensor order) = cat([maximum(wanted - room, zeros_like(wanted)), wanted], 1).sort(1);
        Tensor knots = sorted.to(ScalarType.Float64);
        Tensor shrinking = where(order.IsBelow(wanted.shape[1]), ones_like(knots), ones_like(knots).neg()).cumsum(1);
        Tensor start = minimum(wanted, room).sum(1, keepdim: true, type: ScalarType.Float64);
        Tensor lost = cat([zeros_like(start), (shrinking.narrow(1, 0, knots.shape[1] - 1) * knots.diff(1, 1)).cumsum(1)], 1);
        Tensor excess = start.Minus(Epsilon);
        // The last knot where less is lost than must be; from there it goes on along one straight piece.
        Tensor last = lost.le(excess).sum(1, keepdim: true).Minus(1).ClampInPlace(0, knots.shape[1] - 1).to(ScalarType.Int64);
        Tensor slope = shrinking.gather(1, last);
        Tensor shorter = knots.gather(1, last).Plus((excess - lost.gather(1, last)) / where(slope.IsAbove(0), slope, ones_like(slope)));
        shorter = where(excess.IsAbove(0), shorter, zeros_like(shorter));
        Tensor length = minimum((wanted - shorter).ClampInPlace(0, double.PositiveInfinity), room).to(images.dtype);
        Tensor projected = images.Plus((move.sign() * length).reshape(images.shape)).ClampInPlace(0, 1);
        // A sum of an image and a short move is rounded away from the image as often as towards it, by up to 2^-25. Thousands of them add
        // up to more than the tolerance, so those that went too far take the number before.
        Tensor farther = (projected - images).abs().gt(length.reshape(images.shape));
        return where(farther, projected.nextafter(images), projected).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>Pixels move one after the other, the steepest first.</remarks>
    public Tensor ToHyperplane(Tensor points, Tensor normals, Tensor values)
    {
        using HyperplaneInBox problem = new(points, normals, values);
        return problem.MoveSteepestFirst();
    }

    /// <inheritdoc/>
    /// <remarks>Normal noise, projected (Croce and Hein 2021, official code).</remarks>
    public Tensor ApgdStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor far = images.Plus(noise.Normal(examples, images.shape.AsSpan(1), images.dtype, images.device));
        return Project(far, images).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public AscentUpdate ApgdUpdate(AscentRun run, double rho = 0.75) => new L1Update(this, run);

    /// <inheritdoc/>
    /// <remarks>3 and 2 times epsilon, 0.3 of the steps each (Croce and Hein 2021, section 4.2).</remarks>
    public IReadOnlyList<(double Radii, double Share)> LargerBalls() => [(3, 0.3), (2, 0.3)];

    /// <inheritdoc/>
    public ISquareWindows SquareWindows() => new L1Squares(this);

    /// <inheritdoc/>
    /// <remarks>The Euclidean ball inside it: no image of it is farther than its radius times the root of the number of values.</remarks>
    public ThreatModel DenseBall(long values) => L2(Epsilon / Math.Sqrt(values));

    /// <inheritdoc/>
    public override double Diameter(long values) => values;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"L1 {Epsilon:0.####}");

    private static Tensor Exponential(Tensor uniform) => uniform.neg().PlusInPlace(1).ClampInPlace(SmallestDraw, 1).log_().neg_();
}
