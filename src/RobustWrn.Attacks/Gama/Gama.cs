using System.Globalization;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Guided adversarial margin attack, GAMA-PGD: ascent on the margin of the probabilities, guided in the first steps by their distance from
/// those at the random start
/// (Sriramanan et al. 2020, arXiv 2011.14969). Targeted when the context has targets.
/// </summary>
/// <remarks>
/// The published code does not come back into the ball after its last step; here every step does, so its numbers are not beaten by leaving
/// the ball.
/// </remarks>
public sealed record Gama : IAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "gama";

    /// <summary>Ascent steps. Default 100 (the paper's GAMA-PGD).</summary>
    public int Steps { get; init; } = 100;

    /// <summary>
    /// Length of the first steps in the threat's norm and pixel units. Default: twice epsilon (16/255 at 8/255, the authors' code).
    /// </summary>
    public double? StepSize { get; init; }

    /// <summary>The weight of the distance at the first step (lambda); it falls linearly to 0. Default 50 (the authors' code).</summary>
    public double Weight { get; init; } = 50;

    /// <summary>The step at which the weight has reached 0. Default 25 (the authors' code).</summary>
    public int GuidedSteps { get; init; } = 25;

    /// <summary>The steps at which the length is divided by <see cref="Drop"/>. Default 60 and 85 (the authors' code).</summary>
    public ValueList<int> DropAt { get; init; } = [60, 85];

    /// <summary>The divisor of the length. Default 10 (the authors' code).</summary>
    public double Drop { get; init; } = 10;

    /// <summary>Where it starts, unless the context gives a start. Default: a random corner of the ball (the authors' code).</summary>
    public IAttackStart Start { get; init; } = new SurfaceStart();

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"GAMA-{Steps}");

    /// <inheritdoc/>
    public long MaxGradients => Steps;

    /// <inheritdoc/>
    /// <remarks>Without the guidance, which ends before the steps do.</remarks>
    public ValueList<IAttackLoss> Losses => [new GuidedMargin(0)];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with
    {
        Steps = Effort.Of(Steps, share),
        GuidedSteps = Effort.Of(GuidedSteps, share),
        DropAt = DropAt.Select(step => Effort.Of(step, share)).ToValueList(),
    };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Steps), .. Rule.PositiveOrDefault(StepSize), .. Rule.NotNegative(Weight), .. Rule.Positive(GuidedSteps),
        .. Rule.Each(DropAt, step => Rule.Positive(step, "")), .. Rule.Positive(Drop), .. Start.ProblemsAs(nameof(Start)),
    ];

    /// <inheritdoc/>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        DecayingStep step = new(StepSize ?? 2 * context.Threat.Epsilon) { DropAt = DropAt, Drop = Drop };
        return new GradientAscent(new FadingGuidance(Weight, GuidedSteps), step, Steps) { Start = Start }.Run(context, cancellationToken);
    }
}
