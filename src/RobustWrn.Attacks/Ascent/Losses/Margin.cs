using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The margin of Carlini and Wagner 2017: the largest logit of another class minus the label's; for a target, its logit minus the largest other one.
/// Without a relu and per example, so that an image that is already fooled neither stops nor disturbs the others.
/// </summary>
public sealed record Margin : IAttackLoss
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "margin";

    /// <inheritdoc/>
    public Tensor PerExample(Tensor logits, AttackGoal goal)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor index = (goal.Targets ?? goal.Labels).unsqueeze(1);
        Tensor own = logits.gather(1, index).squeeze(1);
        Tensor isOwn = ScalarArithmetic.Counting(logits.shape[1], logits.device).eq(index);
        Tensor others = logits.FilledWhere(isOwn, double.NegativeInfinity).amax([1]);
        return (goal.Targets is null ? others - own : own - others).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
