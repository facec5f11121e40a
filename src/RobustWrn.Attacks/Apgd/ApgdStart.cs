using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The start of APGD: as the norm says, on the sphere for Linf and L2 (official code), clamped to [0, 1]; else at a random point of the
/// ball.
/// </summary>
public sealed record ApgdStart : IAttackStart
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "apgd-start";

    /// <inheritdoc/>
    public Tensor From(AttackContext context, RandomStream noise)
    {
        ArgumentNullException.ThrowIfNull(context);
        ReadOnlySpan<long> examples = context.Examples.AsSpan();
        return context.Threat is IApgdGeometry own
            ? own.ApgdStart(context.Images, noise, examples)
            : context.Threat.RandomStart(context.Images, noise, examples);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
