using System.Globalization;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Projected gradient descent: a random start in the ball, then <see cref="Steps"/> ascent steps, each projected back
/// (Madry et al. 2018, arXiv 1706.06083). Targeted when the context has targets.
/// </summary>
public sealed record Pgd : IAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "pgd";

    /// <summary>Ascent steps. Default 20, as in the evaluation of Huang et al. 2021.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>
    /// Step length in the threat's norm and pixel units. Default: a tenth of epsilon (0.8/255 at 8/255, Huang et al. 2021).
    /// </summary>
    public double? StepSize { get; init; }

    /// <summary>
    /// The rule of its steps, in the place of <see cref="StepSize"/>: <c>new AdaptiveStep()</c> for steps that nobody has to choose,
    /// <c>new MomentumStep(0.01)</c>, or a rule of one's own. Null, the default, takes steps of one length (Madry et al. 2018).
    /// </summary>
    public IStepRule? StepRule { get; init; }

    /// <summary>What is maximised. Default: cross-entropy.</summary>
    public IAttackLoss Loss { get; init; } = new CrossEntropy();

    /// <summary>Where it starts, unless the context gives a start. Default: a random point of the ball.</summary>
    public IAttackStart Start { get; init; } = new RandomStart();

    /// <summary>Independent random starts; the strongest result per example is kept. Default 1.</summary>
    public int Restarts { get; init; } = 1;

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture,
        $"PGD-{Steps}{RuleName}{(Restarts > 1 ? $" x {Restarts}" : "")}");

    private string RuleName => StepRule is null ? "" : $" {DescriptionTypes.ShortNameOf(StepRule.GetType())}";

    /// <inheritdoc/>
    public long MaxGradients => ((long)Steps + (StepRule is { KeepsBest: true } ? 1 : 0)) * Restarts;

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => [Loss];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Steps = Effort.Of(Steps, share) };

    /// <inheritdoc/>
    public IEnumerable<string> Notices(long classes) => Loss.Notices(classes, targeted: false);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Steps), .. Rule.Positive(Restarts), .. Rule.PositiveOrDefault(StepSize),
        .. Loss.ProblemsAs(nameof(Loss)), .. Start.ProblemsAs(nameof(Start)), .. StepRule?.ProblemsAs(nameof(StepRule)) ?? [],
        .. Rule.Holds(StepRule is null || StepSize is null, nameof(StepSize),
            $"must be left out beside a {nameof(StepRule)}, which has its own lengths, got {StepSize}."),
    ];

    /// <inheritdoc/>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        IStepRule step = StepRule ?? new ConstantStep(StepSize ?? context.Threat.Epsilon / 10);
        return new GradientAscent(Loss, step, Steps) { Start = Start }.BestOf(Restarts, context, cancellationToken);
    }
}
