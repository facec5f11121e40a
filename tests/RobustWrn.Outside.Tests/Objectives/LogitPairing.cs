using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Outside.Tests;

/// <summary>
/// An objective of somebody else's: adversarial training that also draws the logits of an image and of its adversarial twin together
/// (adversarial logit pairing, Kannan et al. 2018, arXiv 1803.06373).
/// </summary>
public sealed record LogitPairing : IRobustObjective
{
    public const string TypeName = "outside-logit-pairing";

    public double Weight { get; init; } = 0.5;

    public double LabelSmoothing { get; init; }

    public IAttack InnerAttack { get; init; } = Madry.DefaultAttack;

    public string Name => "logit pairing";

    public int ForwardPasses => 2;

    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        using DisposeScope scope = NewDisposeScope();
        Tensor adversarial = InnerMaximum.Of(InnerAttack, context, cancellationToken);
        Tensor clean = context.Logits(context.Images), attacked = context.Logits(adversarial);
        Tensor robust = LabelLoss.Mean(context, attacked, LabelSmoothing), pairing = (clean - attacked).Squared().mean();
        return new ObjectiveLoss(robust.Plus(pairing.Times(Weight)), attacked.detach(), adversarial,
            new LossPart("robust", robust.detach()), new LossPart("pairing", pairing.detach())).MoveToOuterDisposeScope();
    }

    public IEnumerable<Problem> Problems() =>
        [.. Rule.NotNegative(Weight), .. Rule.InHalfOpen(LabelSmoothing, 0, 1), .. InnerMaximum.Problems(InnerAttack)];
}
