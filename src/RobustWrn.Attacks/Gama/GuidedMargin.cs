using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The loss of GAMA (Sriramanan et al. 2020, arXiv 2011.14969): the margin of the probabilities plus a weight times their squared Euclidean distance from
/// those of a reference, which guides the first steps away from it.
/// </summary>
/// <param name="Weight">The weight of the distance (lambda), at least 0. With 0 no reference is needed.</param>
/// <remarks>
/// The reference is <see cref="AttackGoal.CleanLogits"/>: the clean images here, the random start in <see cref="FadingGuidance"/>.
/// </remarks>
public sealed record GuidedMargin(double Weight) : IAttackLoss
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "guided-margin";

    /// <inheritdoc/>
    public bool NeedsCleanLogits => Weight > 0;

    /// <inheritdoc/>
    public Tensor PerExample(Tensor logits, AttackGoal goal)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor probabilities = nn.functional.softmax(logits, 1);
        Tensor margin = new Margin().PerExample(probabilities, goal);
        if (Weight == 0)
            return margin.MoveToOuterDisposeScope();
        Tensor distance = (nn.functional.softmax(goal.CleanLogits!, 1) - probabilities).Squared().sum(1);
        return margin.Plus(distance.Times(Weight)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Without the distance: the margin's slopes over the probability of all classes but the own one, written with their shares q of that,
    /// so that nothing is left of the difference 1 - p. They
    /// are p_own - p_r times q for the others, q_r more for the largest of them (r), and -p_own (1 + q_r) for the own class.
    /// </remarks>
    public Tensor? Unsaturated(Tensor logits, AttackGoal goal)
    {
        if (Weight > 0)
            return null;
        using DisposeScope scope = NewDisposeScope();
        Tensor index = (goal.Targets ?? goal.Labels).unsqueeze(1), seen = logits.detach();
        Tensor others = seen.FilledWhere(ScalarArithmetic.Counting(logits.shape[1], logits.device).eq(index), double.NegativeInfinity);
        Tensor lead = others.logsumexp(1, keepdim: true) - seen.gather(1, index), shares = nn.functional.softmax(others, 1);
        Tensor own = lead.neg().sigmoid(), rival = others.argmax(1, keepdim: true), largest = shares.gather(1, rival);
        Tensor slopes = shares * (own - lead.sigmoid() * largest);
        Tensor left = shares.scatter(1, rival, zeros_like(largest)).sum(1, keepdim: true), twice = own * largest.Plus(1);
        slopes.scatter_(1, rival, largest * left.Plus(twice)).scatter_(1, index, twice.neg());
        Tensor rises = (logits * slopes).sum(1);
        return (goal.Targets is null ? rises : -rises).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.NotNegative(Weight);
}
