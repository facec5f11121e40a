using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>An image moves at most epsilon in Euclidean length. Create it with <see cref="ThreatModel.L2"/>.</summary>
public sealed record L2Threat : ThreatModel
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
        using DisposeScope scope = NewDisposeScope();
        return (candidates - images).EuclideanLengths().flatten().MoveToOuterDisposeScope();
    }

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
    public override double Diameter(long values) => Math.Sqrt(values);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"L2 {Epsilon:0.####}");
}
