using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// TRADES (Zhang et al. 2019, arXiv 1901.08573): CE(x, y) + beta * KL(p(x) || p(x')), where x' maximises the divergence from the natural prediction.
/// </summary>
public sealed record Trades : IRobustObjective
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "trades";

    // Zhang et al. 2019: x + 0.001 * N(0, 1), in the published code for both norms.
    private const double StartDeviation = 0.001;

    /// <summary>Weight of the robust term. Default 6 (Zhang et al. 2019, table 5; Huang et al. 2021).</summary>
    public double Beta { get; init; } = 6;

    /// <summary>Ascent steps of the inner attack. Default 10 (Zhang et al. 2019).</summary>
    public int InnerSteps { get; init; } = InnerMaximum.UsualSteps;

    /// <summary>
    /// Step length in the threat's norm and pixel units. Default: 2.5 epsilon / steps (2/255 at 8/255 and 10 steps, as in Huang et al. 2021), and
    /// 2 epsilon / steps for L2, as in the published code.
    /// </summary>
    public double? InnerStepSize { get; init; }

    /// <summary>
    /// Whether the natural distribution inside the divergence comes from a forward pass of its own, as in the code of Zhang et al. 2019, whose batch-norm
    /// statistics so move three times a step (natural, adversarial, natural). Default: no, one pass serves both terms, as in Huang et al. 2021.
    /// </summary>
    public bool SeparateTargetPass { get; init; }

    /// <summary>What the inner attack maximises. Default: the divergence (Zhang et al. 2019); the code of Huang et al. 2021 offers <see cref="CrossEntropy"/> too.</summary>
    public IAttackLoss InnerLoss { get; init; } = new KullbackLeibler();

    /// <summary>
    /// Where the inner attack starts. Default: normal noise of deviation 0.001 (Zhang et al. 2019, for both norms); Gowal et al. 2020 and Rebuffi et al. 2021 take a
    /// <see cref="RandomStart"/>.
    /// </summary>
    public IAttackStart? Start { get; init; }

    /// <summary>
    /// Another inner attack, in the place of the steps, their length and the start above: <c>new Pgd { Steps = 10, Loss = new KullbackLeibler() }</c>. Default: none.
    /// </summary>
    /// <remarks>Attacks made for evaluation, such as <see cref="Apgd"/>, return the first point that errs, which need not be the one of the largest divergence.</remarks>
    public IAttack? InnerAttack { get; init; }

    /// <summary>
    /// The share of the label's probability that the natural term's cross-entropy spreads over all classes, in [0, 1). Default 0 (Zhang et al. 2019); 0.1 in the recipes of
    /// Rebuffi et al. 2021 (arXiv 2103.01946) and Wang et al. 2023 (arXiv 2302.04638). The divergence is of the predictions and not smoothed.
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <inheritdoc/>
    public string Name => "TRADES";

    /// <inheritdoc/>
    public int ForwardPasses => SeparateTargetPass ? 3 : 2;

    /// <inheritdoc/>
    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        using DisposeScope scope = NewDisposeScope();
        Tensor adversarial = InnerMaximum.Of(InnerAttack, Ascent(context.Threat), context, cancellationToken);
        Tensor logits = context.Logits(context.Images);
        Tensor natural = LabelLoss.Mean(context, logits, LabelSmoothing);
        Tensor attacked = context.Logits(adversarial);
        Tensor target = SeparateTargetPass ? context.Logits(context.Images) : logits;
        Tensor robust = Divergence(target, attacked);
        Tensor total = natural.Plus(robust.Times(Beta));
        return new ObjectiveLoss(total, attacked.detach(), adversarial, new LossPart("natural", natural.detach()), new LossPart("robust", robust.detach()))
            .MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.NotNegative(Beta), .. Rule.Positive(InnerSteps), .. Rule.PositiveOrDefault(InnerStepSize), .. InnerLoss.ProblemsAs(nameof(InnerLoss)),
        .. Start?.ProblemsAs(nameof(Start)) ?? [], .. Rule.InHalfOpen(LabelSmoothing, 0, 1),
        .. InnerMaximum.Problems(
            InnerAttack, (nameof(InnerSteps), InnerMaximum.UnlessUsual(InnerSteps)), (nameof(InnerStepSize), InnerStepSize), (nameof(Start), Start), (nameof(InnerLoss), InnerLoss is KullbackLeibler ? null : InnerLoss)),
    ];

    private GradientAscent Ascent(ThreatModel threat)
    {
        double factor = threat is L2Threat ? 2 : 2.5;
        return new GradientAscent(InnerLoss, new ConstantStep(InnerStepSize ?? factor * threat.Epsilon / InnerSteps), InnerSteps)
        {
            Start = Start ?? new GaussianStart(StartDeviation),
            Ball = threat is L2Threat ? new RenormBall(threat.Epsilon) : null,
        };
    }

    // (1/N) sum KL(p || q), with gradients through both. From log-probabilities: kl_div's gradient is 0/0 where p underflows.
    private static Tensor Divergence(Tensor target, Tensor attacked)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor p = nn.functional.log_softmax(target, 1), q = nn.functional.log_softmax(attacked, 1);
        return ((p.exp() * (p - q)).sum().Over(target.shape[0])).MoveToOuterDisposeScope();
    }
}
