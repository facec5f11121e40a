using System.Text.Json.Nodes;
using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// TRADES (Zhang et al. 2019, arXiv 1901.08573): CE(x, y) + beta * KL(p(x) || p(x')), where x' maximises the divergence from the natural
/// prediction.
/// </summary>
public sealed record Trades : IRobustObjective, IMigratedDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "trades";

    /// <summary>Weight of the robust term. Default 6 (Zhang et al. 2019, table 5; Huang et al. 2021).</summary>
    public double Beta { get; init; } = 6;

    /// <summary>
    /// The inner attack unless another is given (Zhang et al. 2019 and their code): 10 steps on the divergence, from normal noise of
    /// deviation 0.001 under any norm. Steps are 2.5 epsilon / 10 (2/255 at 8/255, Huang et al. 2021), and under L2 2 epsilon / 10 in the
    /// geometry of the code. Gowal et al. 2020 and Rebuffi et al. 2021 take a <see cref="RandomStart"/>; the code of Huang et al.
    /// 2021 offers the <see cref="CrossEntropy"/>, too.
    /// </summary>
    public static InnerPgd DefaultAttack { get; } = new()
    {
        Loss = new KullbackLeibler(),
        Start = new GaussianStart(0.001),
        TakesTradesGeometry = true,
    };

    /// <summary>
    /// The inner attack: <c>Trades.DefaultAttack with { Steps = 7 }</c>, or any other, which says itself what it maximises:
    /// <c>new Pgd { Steps = 10, Loss = new KullbackLeibler() }</c>. Default: <see cref="DefaultAttack"/>.
    /// </summary>
    /// <remarks>
    /// Attacks made for evaluation, such as <see cref="Apgd"/>, return the first point that errs, which need not be the one of the largest
    /// divergence.
    /// </remarks>
    public IAttack InnerAttack { get; init; } = DefaultAttack;

    /// <summary>
    /// Takes the natural distribution inside the divergence from a forward pass of its own, as in the code of Zhang et al. 2019, whose
    /// batch-norm statistics so move three times a step (natural, adversarial, natural). Default: no, one pass serves both terms, as in
    /// Huang et al. 2021.
    /// </summary>
    public bool SeparateTargetPass { get; init; }

    /// <summary>
    /// The share of the label's probability that the natural term's cross-entropy spreads over all classes, in [0, 1). Default 0 (Zhang et
    /// al. 2019); 0.1 in the recipes of Rebuffi et al. 2021 (arXiv 2103.01946) and Wang et al. 2023 (arXiv 2302.04638).
    /// The divergence is of the predictions and not smoothed.
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <inheritdoc/>
    public string Name => "TRADES";

    /// <inheritdoc/>
    public int ForwardPasses => SeparateTargetPass ? 3 : 2;

    /// <inheritdoc/>
    public static void Migrate(JsonObject stored) => FormerInnerAttack.Migrate(stored, DefaultAttack);

    /// <inheritdoc/>
    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        using DisposeScope scope = NewDisposeScope();
        Tensor adversarial = InnerMaximum.Of(InnerAttack, context, cancellationToken);
        Tensor logits = context.Logits(context.Images);
        Tensor natural = LabelLoss.Mean(context, logits, LabelSmoothing);
        Tensor attacked = context.Logits(adversarial);
        Tensor target = SeparateTargetPass ? context.Logits(context.Images) : logits;
        Tensor robust = Divergence(target, attacked);
        Tensor total = natural.Plus(robust.Times(Beta));
        LossPart[] parts = [new("natural", natural.detach()), new("robust", robust.detach())];
        return new ObjectiveLoss(total, attacked.detach(), adversarial, parts).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> ProblemsUnder(ThreatModel threat) => InnerMaximum.ProblemsUnder(threat, InnerAttack);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
        [.. Rule.NotNegative(Beta), .. InnerMaximum.Problems(InnerAttack), .. Rule.InHalfOpen(LabelSmoothing, 0, 1)];

    // (1/N) sum KL(p || q), with gradients through both. From log-probabilities: kl_div's gradient is 0/0 where p underflows.
    private static Tensor Divergence(Tensor target, Tensor attacked)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor p = nn.functional.log_softmax(target, 1), q = nn.functional.log_softmax(attacked, 1);
        return ((p.exp() * (p - q)).sum().Over(target.shape[0])).MoveToOuterDisposeScope();
    }
}
