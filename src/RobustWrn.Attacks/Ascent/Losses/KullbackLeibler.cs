using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>KL(p(x) || p(x')) from the clean prediction to the perturbed one: what TRADES (Zhang et al. 2019, arXiv 1901.08573) maximises inside. Knows no target.</summary>
public sealed record KullbackLeibler : IAttackLoss
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "kullback-leibler";

    /// <inheritdoc/>
    public bool NeedsCleanLogits => true;

    /// <inheritdoc/>
    public Tensor PerExample(Tensor logits, AttackGoal goal)
    {
        using DisposeScope scope = NewDisposeScope();
        // In float64, which costs nothing for so few numbers: near the image the slope is a small difference of two softmaxes, of which float32 keeps few digits.
        Tensor natural = nn.functional.softmax(goal.CleanLogits!.to(ScalarType.Float64), 1), attacked = nn.functional.log_softmax(logits.to(ScalarType.Float64), 1);
        Tensor divergence = nn.functional.kl_div(attacked, natural, log_target: false, reduction: nn.Reduction.None);
        return divergence.sum(1).to(logits.dtype).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
