using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>The cross-entropy as a user writes it, times a power of two: it saturates where the softmax has no digits left.</summary>
public sealed record PlainCrossEntropy : IAttackLoss
{
    public const string TypeName = "test-plain-cross-entropy";

    public int Exponent { get; init; }

    public Tensor PerExample(Tensor logits, AttackGoal goal) =>
        nn.functional.cross_entropy(logits, goal.Labels, reduction: nn.Reduction.None).Times(Math.ScaleB(1, Exponent));

    public IEnumerable<Problem> Problems() => [];
}
