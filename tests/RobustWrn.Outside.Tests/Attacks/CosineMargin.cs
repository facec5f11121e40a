using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Outside.Tests;

/// <summary>A loss of somebody else's: the margin of the logits divided by their length, which no scale of the logits changes.</summary>
public sealed record CosineMargin : IAttackLoss
{
    public const string TypeName = "outside-cosine-margin";

    private const double Offset = 1e-6;

    public Tensor PerExample(Tensor logits, AttackGoal goal)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor length = logits.Squared().sum(1, keepdim: true).Plus(Offset).sqrt();
        return new Margin().PerExample(logits / length, goal).MoveToOuterDisposeScope();
    }

    public IEnumerable<Problem> Problems() => [];
}
