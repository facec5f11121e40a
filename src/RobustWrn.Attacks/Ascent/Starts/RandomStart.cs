using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>A random point of the threat's ball, clamped to [0, 1] (Madry et al. 2018).</summary>
public sealed record RandomStart : IAttackStart
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "random";

    /// <inheritdoc/>
    public Tensor From(AttackContext context, RandomStream noise) => context.Threat.RandomStart(context.Images, noise, context.Examples.AsSpan());

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
