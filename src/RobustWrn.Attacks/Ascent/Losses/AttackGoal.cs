using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The goal of an attack for each example: away from the label, or towards a target. Owns nothing.</summary>
/// <param name="Labels">True classes, int64 (N).</param>
/// <param name="Targets">Classes to reach, int64 (N), or null.</param>
/// <param name="CleanLogits">
/// Logits that the loss compares with, (N, classes), without a graph: of the clean images, or of where the ascent starts
/// (<see cref="IAttackLoss.ComparesWithStart"/>). Present when the loss asked for them.
/// </param>
public sealed record AttackGoal(Tensor Labels, Tensor? Targets = null, Tensor? CleanLogits = null)
{
    /// <summary>
    /// Counts any wrong class as a success although the loss goes towards a target, as where an attack tries class after class. Default:
    /// no, with targets only they count.
    /// </summary>
    public bool AnyErrorCounts { get; init; }

    /// <summary>
    /// Tells whether the goal is reached: the predicted class is the target or, without one, another than the label.
    /// </summary>
    /// <param name="logits">(N, classes). A verdict takes those of <see cref="AttackedModel.Logits"/>.</param>
    /// <returns>Boolean (N). The caller disposes it.</returns>
    public Tensor Reached(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        using Tensor predicted = logits.argmax(1);
        return Targets is null || AnyErrorCounts ? predicted.ne(Labels) : predicted.eq(Targets);
    }

    /// <summary>The same for some of the examples. Its tensors belong to the caller's dispose scope.</summary>
    /// <param name="rows">Which ones, int64 (n).</param>
    public AttackGoal Rows(Tensor rows) => this with
    {
        Labels = Labels.index_select(0, rows),
        Targets = Targets?.index_select(0, rows),
        CleanLogits = CleanLogits?.index_select(0, rows),
    };
}
