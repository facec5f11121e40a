using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// Standard adversarial training (Madry et al. 2018, arXiv 1706.06083): cross-entropy on the images of a projected-gradient attack, and on them alone.
/// </summary>
public sealed record Madry : IRobustObjective
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "madry";

    /// <summary>Ascent steps of the inner attack. Default 10, as in Huang et al. 2021.</summary>
    public int InnerSteps { get; init; } = InnerMaximum.UsualSteps;

    /// <summary>Step length in the threat's norm and pixel units. Default: 2.5 epsilon / steps, the rule of Madry et al. 2018 (2/255 at 8/255 and 10 steps, as in Huang et al. 2021).</summary>
    public double? InnerStepSize { get; init; }

    /// <summary>Where the inner attack starts. Default: normal noise of the deviation of one step, as in Huang et al. 2021; Madry et al. 2018 take a <see cref="RandomStart"/>.</summary>
    public IAttackStart? Start { get; init; }

    /// <summary>Another inner attack, in the place of the steps, their length and the start above: <c>new CwLinf { Steps = 10 }</c>. Default: none.</summary>
    public IAttack? InnerAttack { get; init; }

    /// <summary>The share of the label's probability that the cross-entropy spreads over all classes, in [0, 1). Default 0 (Madry et al. 2018).</summary>
    /// <remarks>Pang et al. 2021 (arXiv 2010.00467) find that a mild one, 0.1 to 0.2, helps a little.</remarks>
    public double LabelSmoothing { get; init; }

    /// <inheritdoc/>
    public string Name => "Madry";

    /// <inheritdoc/>
    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        using DisposeScope scope = NewDisposeScope();
        double step = InnerStepSize ?? 2.5 * context.Threat.Epsilon / InnerSteps;
        Tensor adversarial = InnerMaximum.Of(
            InnerAttack, new GradientAscent(new CrossEntropy(), new ConstantStep(step), InnerSteps) { Start = Start ?? new GaussianStart(step) }, context, cancellationToken);
        Tensor logits = context.Logits(adversarial);
        Tensor loss = LabelLoss.Mean(context, logits, LabelSmoothing);
        return new ObjectiveLoss(loss, logits.detach(), adversarial, new LossPart("robust", loss.detach())).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(InnerSteps), .. Rule.PositiveOrDefault(InnerStepSize), .. Start?.ProblemsAs(nameof(Start)) ?? [],
        .. Rule.InHalfOpen(LabelSmoothing, 0, 1), .. InnerMaximum.Problems(
            InnerAttack, (nameof(InnerSteps), InnerMaximum.UnlessUsual(InnerSteps)), (nameof(InnerStepSize), InnerStepSize), (nameof(Start), Start)),
    ];
}
