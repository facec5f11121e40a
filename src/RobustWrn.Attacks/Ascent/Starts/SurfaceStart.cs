using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// A random point on the surface of the threat's ball: epsilon along the steepest direction of normal noise, not clamped to [0, 1] before the first gradient.
/// Under Linf that is a random corner, where GAMA starts (Sriramanan et al. 2020): no noise of that size changes a linear model more.
/// </summary>
public sealed record SurfaceStart : IAttackStart
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "surface";

    /// <inheritdoc/>
    public Tensor From(AttackContext context, RandomStream noise)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normal = noise.Normal(context.Examples.AsSpan(), context.Images.shape.AsSpan(1), context.Images.dtype, context.Images.device);
        return context.Images.Plus(context.Threat.SteepestDirection(normal).Times(context.Threat.Epsilon)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
