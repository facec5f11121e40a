using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The difference of logits ratio (Croce and Hein 2020, arXiv 2003.01690, equations 6 and 7): the margin divided by how far the logits are apart, so that neither shifting
/// nor scaling them changes anything. With z sorted downwards, (max of the other classes - z_label) / (z_1 - z_3); for targets, (z_target - z_label) / (z_1 - (z_3 + z_4) / 2).
/// </summary>
/// <remarks>It needs 3 classes, 4 for targets; with fewer the <see cref="Margin"/> takes its place, and <see cref="Notices"/> says so.</remarks>
public sealed record Dlr : IAttackLoss
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "dlr";

    // The published code's: logits that are all equal do not become NaN.
    private const double RatioOffset = 1e-12;

    /// <inheritdoc/>
    public IEnumerable<string> Notices(long classes, bool targeted) =>
        classes >= Needed(targeted)
            ? []
            : [$"{(targeted ? "the targeted DLR loss" : "the DLR loss")} needs {Needed(targeted)} classes, got {classes}: the margin loss took its place."];

    /// <inheritdoc/>
    public Tensor PerExample(Tensor logits, AttackGoal goal)
    {
        if (logits.shape[1] < Needed(goal.Targets is not null))
            return new Margin().PerExample(logits, goal);
        using DisposeScope scope = NewDisposeScope();
        Tensor label = goal.Labels.unsqueeze(1), own = logits.gather(1, label).squeeze(1);
        (Tensor largest, Tensor order) = logits.topk(goal.Targets is null ? 3 : 4, 1);
        Tensor first = largest.select(1, 0), third = largest.select(1, 2);
        if (goal.Targets is null)
        {
            Tensor other = where(order.select(1, 0).eq(goal.Labels), largest.select(1, 1), first);
            return ((other - own) / (first - third).Plus(RatioOffset)).MoveToOuterDisposeScope();
        }
        Tensor reached = logits.gather(1, goal.Targets.unsqueeze(1)).squeeze(1);
        return ((reached - own) / (first - third.Plus(largest.select(1, 3)).Times(0.5)).Plus(RatioOffset)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    private static int Needed(bool targeted) => targeted ? 4 : 3;
}
