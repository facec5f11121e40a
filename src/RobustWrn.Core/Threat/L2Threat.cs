using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>An image moves at most epsilon in Euclidean length. Create it with <see cref="ThreatModel.L2"/>.</summary>
public sealed record L2Threat : ThreatModel
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "l2";

    // torchattacks' eps_for_division: keeps a zero gradient from becoming NaN and is the published arithmetic of its PGD-L2.
    private const double NormOffset = 1e-10;

    /// <inheritdoc/>
    public override string Norm => TypeName;

    /// <inheritdoc/>
    public override double Tolerance => 1e-5 * Math.Max(1, Epsilon);

    /// <inheritdoc/>
    public override Tensor Distance(Tensor candidates, Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        return Length(candidates - images).flatten().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>A normal direction times a uniform radius, as in torchattacks' PGD-L2.</remarks>
    public override Tensor RandomStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor direction = noise.For("direction").Normal(examples, images.shape.AsSpan(1), images.dtype, images.device);
        Tensor radius = noise.For("radius").Uniform(examples, [1, 1, 1], images.dtype, images.device);
        Tensor start = images.Plus((direction / Length(direction).Plus(NormOffset) * radius).Times(Epsilon));
        return Project(start, images).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>Shorter than 1 only where the gradient's own length comes near 1e-10, as in torchattacks' PGD-L2.</remarks>
    public override Tensor SteepestDirection(Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        return (gradient / Length(gradient).Plus(NormOffset)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor candidates, Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor move = candidates - images;
        Tensor factor = Length(move).reciprocal_().TimesInPlace(Epsilon).ClampInPlace(0, 1);
        return images.Plus(move * factor).ClampInPlace(0, 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"L2 {Epsilon:0.####}");

    private static Tensor Length(Tensor move) => move.flatten(1).norm(1, keepdim: false, p: 2).reshape(-1, 1, 1, 1);
}
