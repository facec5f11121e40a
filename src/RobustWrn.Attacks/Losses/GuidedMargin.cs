using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The loss of GAMA (Sriramanan et al. 2020, arXiv 2011.14969): the margin of the probabilities plus a weight times their squared Euclidean distance from
/// those of a reference, which guides the first steps away from it.
/// </summary>
/// <param name="Weight">The weight of the distance (lambda), at least 0. With 0 no reference is needed.</param>
/// <remarks>The reference is <see cref="AttackGoal.CleanLogits"/>: the clean images here, the random start in <see cref="Gama"/>.</remarks>
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
    public IEnumerable<Problem> Problems() => Rule.NotNegative(Weight);
}
