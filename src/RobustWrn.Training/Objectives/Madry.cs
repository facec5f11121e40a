using System.Text.Json.Nodes;
using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// Standard adversarial training (Madry et al. 2018, arXiv 1706.06083): cross-entropy on the images of a projected-gradient attack, and on
/// them alone. Rice et al. 2020 and Huang et al. 2021 call it SAT.
/// </summary>
public sealed record Madry : IRobustObjective, IMigratedDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "madry";

    /// <summary>
    /// The inner attack unless another is given: 10 steps of 2.5 epsilon / 10 on the cross-entropy, from normal noise of the deviation of
    /// one step (Huang et al. 2021; 2/255 at 8/255). Madry et al. 2018 take a <see cref="RandomStart"/>.
    /// </summary>
    public static InnerPgd DefaultAttack { get; } = new();

    /// <summary>
    /// The inner attack: <c>Madry.DefaultAttack with { Steps = 7 }</c>, or any other, <c>new CwLinf { Steps = 10 }</c>. Default:
    /// <see cref="DefaultAttack"/>.
    /// </summary>
    public IAttack InnerAttack { get; init; } = DefaultAttack;

    /// <summary>
    /// The share of the label's probability that the cross-entropy spreads over all classes, in [0, 1). Default 0 (Madry et al. 2018).
    /// </summary>
    /// <remarks>Pang et al. 2021 (arXiv 2010.00467) find that a mild one, 0.1 to 0.2, helps a little.</remarks>
    public double LabelSmoothing { get; init; }

    /// <inheritdoc/>
    public string Name => "Madry";

    /// <inheritdoc/>
    public static void Migrate(JsonObject stored) => FormerInnerAttack.Migrate(stored, DefaultAttack);

    /// <inheritdoc/>
    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        using DisposeScope scope = NewDisposeScope();
        Tensor adversarial = InnerMaximum.Of(InnerAttack, context, cancellationToken);
        Tensor logits = context.Logits(adversarial);
        Tensor loss = LabelLoss.Mean(context, logits, LabelSmoothing);
        return new ObjectiveLoss(loss, logits.detach(), adversarial, new LossPart("robust", loss.detach())).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> ProblemsUnder(ThreatModel threat) => InnerMaximum.ProblemsUnder(threat, InnerAttack);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. InnerMaximum.Problems(InnerAttack), .. Rule.InHalfOpen(LabelSmoothing, 0, 1)];
}
