using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Outside.Tests;

/// <summary>
/// A norm of somebody else's: the fourth root of the sum of the fourth powers of all changes is at most epsilon. It has what every norm
/// must have and no part more.
/// </summary>
public sealed record L4Threat : ThreatModel
{
    public const string TypeName = "outside-l4";

    public override string Norm => "l4";

    public override double Tolerance => 1e-5 * Math.Max(1, Epsilon);

    // Four changes of 1 are 2 long: white lies the fourth root of the number of values from black.
    public override double Diameter(long values) => Math.Pow(values, 0.25);

    // By the largest value first: fourth powers of 1e-10 vanish in float32, those of 1e10 overflow.
    public override Tensor Distance(Tensor candidates, Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor moves = candidates - images, scale = moves.RowScale(), sum = (moves / scale).Squared().Squared().flatten(1).sum(1);
        return sum.ToThePower(0.25).mul_(scale.flatten()).MoveToOuterDisposeScope();
    }

    // A random direction times a random radius.
    public override Tensor RandomStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor radius = noise.For("radius").Uniform(examples, [1, 1, 1], images.dtype, images.device).TimesInPlace(Reach(images));
        Tensor move = RandomDirection(noise.For("direction"), examples, images).mul_(radius);
        return Project(images.Plus(move), images).MoveToOuterDisposeScope();
    }

    // Hoelder's inequality is tight for |d|^4 ~ |g|^(4/3): d = sign(g) |g|^(1/3), over its length.
    public override Tensor SteepestDirection(Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scaled = gradient / gradient.RowScale(), sizes = scaled.abs().ToThePower(1.0 / 3);
        Tensor length = sizes.Squared().Squared().flatten(1).sum(1).ToThePower(0.25).reshape(-1, 1, 1, 1);
        return (scaled.sign() * sizes / length.FilledWhere(length.IsEqualTo(0), 1)).MoveToOuterDisposeScope();
    }

    // Shortened to the radius, then clamped: as images lie in [0, 1], that shortens every change that it touches.
    public override Tensor Project(Tensor candidates, Tensor images)
    {
        if (HoldsTheBox(images))
            return candidates.Clamped(0, 1);
        using DisposeScope scope = NewDisposeScope();
        Tensor factor = Distance(candidates, images).reciprocal_().TimesInPlace(Epsilon).ClampInPlace(0, 1).reshape(-1, 1, 1, 1);
        return images.Plus((candidates - images) * factor).ClampInPlace(0, 1).MoveToOuterDisposeScope();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"L4 {Epsilon:0.####}");
}
