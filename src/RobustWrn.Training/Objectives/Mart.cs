using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// MART (Wang et al. 2020, "Improving Adversarial Robustness Requires Revisiting Misclassified Examples"): BCE(x', y) + beta * KL(p(x) || p(x')) * (1 - p_y(x)). The boosted
/// cross-entropy BCE adds the margin term -log(1 - max over k != y of p_k(x')); the divergence weighs more where the natural image is not yet right.
/// </summary>
/// <remarks>The published code's small numbers inside logarithms and the weight are kept. Label smoothing has no meaning here: the margin term already spreads what the label does not get.</remarks>
public sealed record Mart : IRobustObjective
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "mart";

    // Of the published code: probabilities of exactly 1 keep a finite logarithm, and those of 0.
    private const double OneAndALittle = 1.0001, LogOffset = 1e-12, WeightOffset = 1.0000001;

    /// <summary>Weight of the robust term. Default 6 (Huang et al. 2021); Wang et al. 2020 take 5 or 6.</summary>
    public double Beta { get; init; } = 6;

    /// <summary>Ascent steps of the inner attack on the cross-entropy. Default 10 (Wang et al. 2020; Huang et al. 2021).</summary>
    public int InnerSteps { get; init; } = InnerMaximum.UsualSteps;

    /// <summary>Step length in the threat's norm and pixel units. Default: 2.5 epsilon / steps (2/255 at 8/255 and 10 steps, as in Huang et al. 2021; the code of Wang et al. 2020 takes 0.007).</summary>
    public double? InnerStepSize { get; init; }

    /// <summary>
    /// Where the inner attack starts. Default: normal noise of the deviation of one step, as in Huang et al. 2021; Wang et al. 2020 take <c>new GaussianStart(0.001)</c>.
    /// </summary>
    public IAttackStart? Start { get; init; }

    /// <summary>Another inner attack, in the place of the steps, their length and the start above. Default: none.</summary>
    public IAttack? InnerAttack { get; init; }

    /// <inheritdoc/>
    public string Name => "MART";

    /// <inheritdoc/>
    public int ForwardPasses => 2;

    /// <inheritdoc/>
    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        using DisposeScope scope = NewDisposeScope();
        double step = InnerStepSize ?? 2.5 * context.Threat.Epsilon / InnerSteps;
        Tensor adversarial = InnerMaximum.Of(
            InnerAttack, new GradientAscent(new CrossEntropy(), new ConstantStep(step), InnerSteps) { Start = Start ?? new GaussianStart(step) }, context, cancellationToken);
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
        return new ObjectiveLoss(total, logits.detach(), adversarial, new LossPart("boosted", boosted.detach()), new LossPart("robust", robust.detach())).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.NotNegative(Beta), .. Rule.Positive(InnerSteps), .. Rule.PositiveOrDefault(InnerStepSize), .. Start?.ProblemsAs(nameof(Start)) ?? [],
        .. InnerMaximum.Problems(
            InnerAttack, (nameof(InnerSteps), InnerMaximum.UnlessUsual(InnerSteps)), (nameof(InnerStepSize), InnerStepSize), (nameof(Start), Start)),
    ];
}
