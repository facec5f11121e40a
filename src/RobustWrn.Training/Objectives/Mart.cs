using System.Text.Json.Nodes;
using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// MART (Wang et al. 2020, "Improving Adversarial Robustness Requires Revisiting Misclassified Examples"):
/// BCE(x', y) + beta * KL(p(x) || p(x')) * (1 - p_y(x)). The boosted cross-entropy BCE adds the margin term
/// -log(1 - max over k != y of p_k(x')); the divergence weighs more where the natural image is not yet right.
/// </summary>
/// <remarks>
/// The published code's small numbers inside logarithms and the weight are kept. Label smoothing has no meaning here:
/// the margin term already spreads what the label does not get.
/// </remarks>
public sealed record Mart : IRobustObjective, IMigratedDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "mart";

    // Of the published code: probabilities of exactly 1 keep a finite logarithm, and those of 0.
    private const double OneAndALittle = 1.0001, LogOffset = 1e-12, WeightOffset = 1.0000001;

    /// <summary>Weight of the robust term. Default 6 (Huang et al. 2021); Wang et al. 2020 take 5 or 6.</summary>
    public double Beta { get; init; } = 6;

    /// <summary>
    /// The inner attack unless another is given: 10 steps of 2.5 epsilon / 10 on the cross-entropy, from normal noise of the deviation of
    /// one step (Huang et al. 2021; 2/255 at 8/255). The code of Wang et al. 2020 takes a step of 0.007 from
    /// <c>new GaussianStart(0.001)</c>.
    /// </summary>
    public static InnerPgd DefaultAttack { get; } = new();

    /// <summary>
    /// The inner attack: <c>Mart.DefaultAttack with { Steps = 7 }</c>, or any other. Default: <see cref="DefaultAttack"/>.
    /// </summary>
    public IAttack InnerAttack { get; init; } = DefaultAttack;

    /// <inheritdoc/>
    public string Name => "MART";

    /// <inheritdoc/>
    public int ForwardPasses => 2;

    /// <inheritdoc/>
    public static void Migrate(JsonObject stored) => FormerInnerAttack.Migrate(stored, DefaultAttack);

    /// <inheritdoc/>
    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        using DisposeScope scope = NewDisposeScope();
        Tensor adversarial = InnerMaximum.Of(InnerAttack, context, cancellationToken);
        Tensor natural = nn.functional.log_softmax(context.Logits(context.Images), 1);
        Tensor logits = context.Logits(adversarial);
        Tensor attacked = nn.functional.softmax(logits, 1);
        Tensor label = context.Labels.unsqueeze(1);
        Tensor isLabel = ScalarArithmetic.Counting(logits.shape[1], logits.device).eq(label);
        Tensor rival = attacked.FilledWhere(isLabel, 0).amax([1]);
        Tensor margin = (rival.Times(-1).Plus(OneAndALittle).Plus(LogOffset)).log().mean();
        Tensor boosted = LabelLoss.Mean(context, logits) - margin;
        Tensor p = natural.exp();
        // From log-probabilities: kl_div's gradient is 0/0 where p underflows.
        Tensor divergence = (p * (natural - attacked.Plus(LogOffset).log())).sum(1);
        Tensor weight = p.gather(1, label).squeeze(1).Times(-1).Plus(WeightOffset);
        Tensor robust = (divergence * weight).sum().Over(logits.shape[0]);
        Tensor total = boosted.Plus(robust.Times(Beta));
        LossPart[] parts = [new("boosted", boosted.detach()), new("robust", robust.detach())];
        return new ObjectiveLoss(total, logits.detach(), adversarial, parts).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> ProblemsUnder(ThreatModel threat) => InnerMaximum.ProblemsUnder(threat, InnerAttack);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.NotNegative(Beta), .. InnerMaximum.Problems(InnerAttack)];
}
