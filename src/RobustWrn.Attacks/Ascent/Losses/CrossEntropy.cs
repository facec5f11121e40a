using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Cross-entropy of the label, or minus that of the target (Madry et al. 2018).</summary>
/// <remarks>
/// Computed as log(1 + exp(m)), with m the logarithm of the other classes' summed exponentials minus the label's logit: where the model is
/// sure of the label, log(softmax) is 0 in float32 from a
/// lead of about 17 on, and this keeps its digits to a lead of 100. Its slope in the logits is a positive number, which fades with the
/// lead, times that of m, which never does.
/// </remarks>
public sealed record CrossEntropy : IAttackLoss
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "cross-entropy";

    /// <inheritdoc/>
    public Tensor PerExample(Tensor logits, AttackGoal goal)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = LeadOfOthers(logits, goal.Targets ?? goal.Labels).Softplus(1);
        return (goal.Targets is null ? loss : -loss).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Unsaturated(Tensor logits, AttackGoal goal)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor lead = LeadOfOthers(logits, goal.Targets ?? goal.Labels);
        return (goal.Targets is null ? lead : -lead).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    private static Tensor LeadOfOthers(Tensor logits, Tensor classes)
    {
        Tensor index = classes.unsqueeze(1);
        Tensor isOwn = ScalarArithmetic.Counting(logits.shape[1], logits.device).eq(index);
        return logits.FilledWhere(isOwn, double.NegativeInfinity).logsumexp(1) - logits.gather(1, index).squeeze(1);
    }
}
