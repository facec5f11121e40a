using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Every pixel moves at most epsilon. Create it with <see cref="ThreatModel.Linf"/>.</summary>
public sealed record LinfThreat : ThreatModel, IHyperplaneProjection, IApgdGeometry, ISquareGeometry
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "linf";

    /// <inheritdoc/>
    public override string Norm => TypeName;

    /// <inheritdoc/>
    public override double Tolerance => 1e-6;

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
        return moves.abs().flatten(1).amax([1]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>The sum of absolute values.</remarks>
    public override Tensor DualNorm(Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        return gradient.abs().flatten(1).sum(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor RandomStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor uniform = noise.Uniform(examples, images.shape.AsSpan(1), images.dtype, images.device);
        Tensor start = images.Plus(uniform.Times(2.0).Minus(1).Times(Reach(images)));
        return Project(start, images).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>A uniform direction divided by its largest entry (Croce and Hein's code).</remarks>
    public override Tensor RandomDirection(RandomStream noise, ReadOnlySpan<long> examples, Tensor like)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor uniform = Uniform(noise, examples, like);
        return (uniform / Length(uniform).reshape(-1, 1, 1, 1)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor SteepestDirection(Tensor gradient) => gradient.sign();

    /// <inheritdoc/>
    public override Tensor Project(Tensor candidates, Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inBall = minimum(maximum(candidates, images.Minus(Epsilon)), images.Plus(Epsilon));
        return inBall.ClampInPlace(0, 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>All pixels move alike, until they meet the end of their range.</remarks>
    public Tensor ToHyperplane(Tensor points, Tensor normals, Tensor values)
    {
        using HyperplaneInBox problem = new(points, normals, values);
        return problem.MoveTogether(speeds: null);
    }

    /// <inheritdoc/>
    /// <remarks>A uniform direction on the sphere, clamped to [0, 1] (Croce and Hein 2020, official code).</remarks>
    public Tensor ApgdStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor uniform = Uniform(noise, examples, images);
        return LpUpdate.OnTheSphere(images, uniform, Length(uniform).reshape(-1, 1, 1, 1), Epsilon).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public AscentUpdate ApgdUpdate(AscentRun run, double rho = 0.75) => new LpUpdate(this, run, rho);

    /// <inheritdoc/>
    public ISquareWindows SquareWindows() => new LinfSquares(Epsilon);

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems() => Rule.Holds(Epsilon is >= Rule.SmallestNumber and <= 1, nameof(Epsilon),
        string.Create(CultureInfo.InvariantCulture,
            $"must be in (0, 1], got {Epsilon}. Pixels are in [0, 1]: write ThreatModel.Linf({Example(Epsilon)}, outOf: 255)."));

    /// <summary>What the remedy shows: the caller's own number where it can be one of 8-bit levels, else the usual 8.</summary>
    internal static double Example(double epsilon) => epsilon is > 0 and <= 255 ? epsilon : 8;

    /// <inheritdoc/>
    public override double Diameter(long values) => 1;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Linf {Epsilon * 255:0.###}/255");

    private static Tensor Uniform(RandomStream noise, ReadOnlySpan<long> examples, Tensor like) =>
        noise.Uniform(examples, like.shape.AsSpan(1), like.dtype, like.device).TimesInPlace(2).PlusInPlace(-1);
}
