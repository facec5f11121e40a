using System.Globalization;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Projected gradient ascent on the margin of Carlini and Wagner 2017 (arXiv 1608.04644), taken per example and without a relu: what tables of Linf
/// robustness call CW. It stays in the ball of the threat it is given. Targeted when the context has targets.
/// </summary>
/// <remarks>
/// The published code takes the relu of the margins' sum over the batch, so it stops once the batch as a whole is fooled; here no example waits for another.
/// </remarks>
public sealed record CwLinf : IAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "cw-linf";

    /// <summary>Ascent steps. Default 20, as in the evaluation of Huang et al. 2021.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Step length in the threat's norm and pixel units. Default: a tenth of epsilon (0.8/255 at 8/255, Huang et al. 2021).</summary>
    public double? StepSize { get; init; }

    /// <summary>Where it starts, unless the context gives a start. Default: a random point of the ball.</summary>
    public IAttackStart Start { get; init; } = new RandomStart();

    /// <summary>Independent random starts; the strongest result per example is kept. Default 1.</summary>
    public int Restarts { get; init; } = 1;

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"CW-{Steps}{(Restarts > 1 ? $" x {Restarts}" : "")}");

    /// <inheritdoc/>
    public long MaxGradients => (long)Steps * Restarts;

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => [new Margin()];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Steps = Effort.Of(Steps, share) };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Steps), .. Rule.Positive(Restarts), .. Rule.PositiveOrDefault(StepSize), .. Start.ProblemsAs(nameof(Start)),
    ];

    /// <inheritdoc/>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        return new GradientAscent(new Margin(), new ConstantStep(StepSize ?? context.Threat.Epsilon / 10), Steps) { Start = Start }
            .BestOf(Restarts, context, cancellationToken);
    }
}
