using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Cross-entropy of the label, or minus that of the target (Madry et al. 2018).</summary>
public sealed record CrossEntropy : IAttackLoss
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "cross-entropy";

    /// <inheritdoc/>
    public Tensor PerExample(Tensor logits, AttackGoal goal)
    {
        Tensor loss = nn.functional.cross_entropy(logits, goal.Targets ?? goal.Labels, reduction: nn.Reduction.None);
        return goal.Targets is null ? loss : -loss;
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
