using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The fast gradient sign method: one step of epsilon from the images along the steepest direction of the loss (Goodfellow et al. 2015,
/// arXiv 1412.6572). Targeted when the context has targets.
/// </summary>
public sealed record Fgsm : IAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "fgsm";

    /// <summary>What is maximised. Default: cross-entropy (Goodfellow et al. 2015).</summary>
    public IAttackLoss Loss { get; init; } = new CrossEntropy();

    /// <inheritdoc/>
    public string Name => "FGSM";

    /// <inheritdoc/>
    public long MaxGradients => 1;

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => [Loss];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this;

    /// <inheritdoc/>
    public IEnumerable<string> Notices(long classes) => Loss.Notices(classes, targeted: false);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Loss.ProblemsAs(nameof(Loss));

    /// <inheritdoc/>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        return new GradientAscent(Loss, new ConstantStep(context.Threat.Epsilon), Steps: 1) { Start = new CleanStart() }.Run(context, cancellationToken);
    }
}
