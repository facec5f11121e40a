using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The images themselves.</summary>
public sealed record CleanStart : IAttackStart
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "clean";

    /// <inheritdoc/>
    public Tensor From(AttackContext context, RandomStream noise) => context.Images.clone();

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
