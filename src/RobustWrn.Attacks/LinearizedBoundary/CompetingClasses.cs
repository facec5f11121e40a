using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Decision boundaries that an attack walks towards: differences of logits that are negative before them and positive behind. Its tensors
/// belong to the caller's scope.
/// </summary>
/// <param name="goal">The goal of the attack for the examples.</param>
public abstract class CompetingClasses(AttackGoal goal)
{
    /// <summary>How many boundaries an example has.</summary>
    public abstract long Count { get; }

    /// <summary>The difference at one boundary, (N); with a graph where the logits have one.</summary>
    /// <param name="logits">(N, classes).</param>
    /// <param name="boundary">0 .. Count-1.</param>
    /// <returns>A new tensor. The caller disposes it.</returns>
    public abstract Tensor Difference(Tensor logits, long boundary);

    /// <summary>The goal of the attack for the examples.</summary>
    public AttackGoal Goal { get; } = goal;

    /// <summary>The same for some of the examples.</summary>
    /// <param name="rows">int64.</param>
    public abstract CompetingClasses Select(Tensor rows);

    /// <summary>The boundaries between the label and all other classes.</summary>
    /// <param name="labels">int64 (N).</param>
    /// <param name="classes">How many classes there are, the label's included.</param>
    public static CompetingClasses All(Tensor labels, long classes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        using DisposeScope scope = NewDisposeScope();
        // 0 .. classes-2, and from the label on one more.
        Tensor others = ScalarArithmetic.Counting(classes - 1, labels.device).unsqueeze(0), own = labels.unsqueeze(1);
        return new OtherClasses(labels, others.Plus(others.ge(own).to(ScalarType.Int64)).MoveToOuterDisposeScope());
    }

    /// <summary>The boundaries between the label and given classes.</summary>
    /// <param name="labels">int64 (N).</param>
    /// <param name="others">int64 (N, boundaries).</param>
    public static CompetingClasses Of(Tensor labels, Tensor others) => new OtherClasses(labels, others);

    /// <summary>The boundary of a class to reach, with whatever other class is ahead.</summary>
    /// <param name="targets">int64 (N).</param>
    public static CompetingClasses Towards(Tensor targets) => new Target(targets);

    /// <summary>The other classes in the order of their logits, the largest first.</summary>
    /// <param name="logits">(N, classes).</param>
    /// <param name="labels">int64 (N).</param>
    /// <returns>int64 (N, classes - 1), a new tensor. The caller disposes it.</returns>
    public static Tensor Ranked(Tensor logits, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        using DisposeScope scope = NewDisposeScope();
        Tensor isOwn = ScalarArithmetic.Counting(logits.shape[1], logits.device).eq(labels.unsqueeze(1));
        Tensor order = logits.FilledWhere(isOwn, double.NegativeInfinity).argsort(1, descending: true);
        return order.narrow(1, 0, logits.shape[1] - 1).clone().MoveToOuterDisposeScope();
    }

    private sealed class OtherClasses(Tensor labels, Tensor others) : CompetingClasses(new AttackGoal(labels))
    {
        public override long Count => others.shape[1];

        public override Tensor Difference(Tensor logits, long boundary)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor other = logits.gather(1, others.narrow(1, boundary, 1)), own = logits.gather(1, labels.unsqueeze(1));
            return (other - own).squeeze(1).MoveToOuterDisposeScope();
        }

        public override CompetingClasses Select(Tensor rows) => new OtherClasses(labels.index_select(0, rows), others.index_select(0, rows));
    }

    private sealed class Target(Tensor targets) : CompetingClasses(new AttackGoal(targets, targets))
    {
        public override long Count => 1;

        public override Tensor Difference(Tensor logits, long boundary) => new Margin().PerExample(logits, Goal);

        public override CompetingClasses Select(Tensor rows) => new Target(targets.index_select(0, rows));
    }
}
