using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>An image moves at most epsilon in Euclidean length. Create it with <see cref="ThreatModel.L2"/>.</summary>
public sealed record L2Threat : ThreatModel, IHyperplaneProjection, IApgdGeometry, ISquareGeometry, ITradesGeometry
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "l2";

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
        using Tensor lengths = moves.EuclideanLengths();
        return lengths.flatten();
    }

    /// <inheritdoc/>
    /// <remarks>The Euclidean length, which is its own dual.</remarks>
    public override Tensor DualNorm(Tensor gradient) => Length(gradient);

    /// <inheritdoc/>
    /// <remarks>A normal direction times a uniform radius, as in torchattacks' PGD-L2.</remarks>
    public override Tensor RandomStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor direction = noise.For("direction").Normal(examples, images.shape.AsSpan(1), images.dtype, images.device);
        Tensor radius = noise.For("radius").Uniform(examples, [1, 1, 1], images.dtype, images.device);
        Tensor start = images.Plus(direction.EuclideanDirections().mul_(radius).TimesInPlace(Reach(images)));
        return Project(start, images).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Published code adds a small number to the length that it divides by (1e-10 in torchattacks, 1e-12 in AutoAttack), which shortens
    /// steps where gradients come near it: those of a
    /// confident network do. Here nothing is added; see <see cref="EuclideanRows"/>.
    /// </remarks>
    public override Tensor SteepestDirection(Tensor gradient) => gradient.EuclideanDirections();

    /// <inheritdoc/>
    public override Tensor Project(Tensor candidates, Tensor images)
    {
        if (HoldsTheBox(images))
            return candidates.Clamped(0, 1);
        using DisposeScope scope = NewDisposeScope();
        Tensor move = candidates - images;
        Tensor factor = move.EuclideanLengths().reciprocal_().TimesInPlace(Epsilon).ClampInPlace(0, 1);
        return images.Plus(move * factor).ClampInPlace(0, 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>Pixels move as fast as their slopes, until they meet the end of their range.</remarks>
    public Tensor ToHyperplane(Tensor points, Tensor normals, Tensor values)
    {
        using HyperplaneInBox problem = new(points, normals, values);
        return problem.MoveTogether(problem.Slopes);
    }

    /// <inheritdoc/>
    /// <remarks>A normal direction on the sphere, clamped to [0, 1] (Croce and Hein 2020, official code).</remarks>
    public Tensor ApgdStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normal = noise.Normal(examples, images.shape.AsSpan(1), images.dtype, images.device);
        return LpUpdate.OnTheSphere(images, normal, normal.EuclideanLengths(), Epsilon).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public AscentUpdate ApgdUpdate(AscentRun run, double rho = 0.75) => new L2Update(this, run, rho);

    /// <inheritdoc/>
    public ISquareWindows SquareWindows() => new L2Squares(Epsilon);

    /// <inheritdoc/>
    public IBall TradesBall() => new RenormBall(Epsilon);

    /// <inheritdoc/>
    /// <remarks>2 epsilon / steps, as in the published code.</remarks>
    public double TradesStep(int steps) => 2 * Epsilon / steps;

    /// <inheritdoc/>
    public override double Diameter(long values) => Math.Sqrt(values);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"L2 {Epsilon:0.####}");
}
