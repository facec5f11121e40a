using System.Globalization;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Iterated gradient steps along a momentum of gradients that are each divided by their absolute sum, MI-FGSM, made to transfer between
/// models
/// (Dong et al. 2018, arXiv 1710.06081). Targeted when the context has targets.
/// </summary>
/// <remarks>
/// Where a gradient is zero nothing is added to the momentum; dividing by its length, as published code does, gives NaN there.
/// </remarks>
public sealed record MomentumFgsm : IAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "momentum-fgsm";

    /// <summary>Ascent steps. Default 10 (Dong et al. 2018).</summary>
    public int Steps { get; init; } = 10;

    /// <summary>Step length in the threat's norm and pixel units. Default: epsilon divided by the steps (Dong et al. 2018).</summary>
    public double? StepSize { get; init; }

    /// <summary>The share of the momentum that is kept from step to step (mu). Default 1 (Dong et al. 2018).</summary>
    public double Decay { get; init; } = 1;

    /// <summary>What is maximised. Default: cross-entropy (Dong et al. 2018).</summary>
    public IAttackLoss Loss { get; init; } = new CrossEntropy();

    /// <summary>Where it starts, unless the context gives a start. Default: the images (Dong et al. 2018).</summary>
    public IAttackStart Start { get; init; } = new CleanStart();

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"MI-FGSM-{Steps}");

    /// <inheritdoc/>
    public long MaxGradients => Steps;

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => [Loss];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Steps = Effort.Of(Steps, share) };

    /// <inheritdoc/>
    public IEnumerable<string> Notices(long classes) => Loss.Notices(classes, targeted: false);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Steps), .. Rule.PositiveOrDefault(StepSize), .. Rule.NotNegative(Decay),
        .. Loss.ProblemsAs(nameof(Loss)), .. Start.ProblemsAs(nameof(Start)),
    ];

    /// <inheritdoc/>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        MomentumStep step = new(StepSize ?? context.Threat.Epsilon / Steps) { Decay = Decay };
        return new GradientAscent(Loss, step, Steps) { Start = Start }.Run(context, cancellationToken);
    }
}
