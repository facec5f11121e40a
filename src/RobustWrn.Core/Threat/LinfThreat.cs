using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Every pixel moves at most epsilon. Create it with <see cref="ThreatModel.Linf"/>.</summary>
public sealed record LinfThreat : ThreatModel
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
        using DisposeScope scope = NewDisposeScope();
        return (candidates - images).abs().flatten(1).amax([1]).MoveToOuterDisposeScope();
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
    public override Tensor SteepestDirection(Tensor gradient) => gradient.sign();

    /// <inheritdoc/>
    public override Tensor Project(Tensor candidates, Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inBall = minimum(maximum(candidates, images.Minus(Epsilon)), images.Plus(Epsilon));
        return inBall.ClampInPlace(0, 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems() => Rule.Holds(Epsilon is >= Rule.SmallestNumber and <= 1, nameof(Epsilon),
        string.Create(CultureInfo.InvariantCulture, $"must be in (0, 1], got {Epsilon}. Pixels are in [0, 1]: write ThreatModel.Linf({Example(Epsilon)}, outOf: 255)."));

    /// <summary>What the remedy shows: the caller's own number where it can be one of 8-bit levels, else the usual 8.</summary>
    internal static double Example(double epsilon) => epsilon is > 0 and <= 255 ? epsilon : 8;

    /// <inheritdoc/>
    public override double Diameter(long values) => 1;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Linf {Epsilon * 255:0.###}/255");
}
