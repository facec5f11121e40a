using System.Globalization;
using System.Text.Json.Serialization;
using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// Projected gradient ascent as adversarial trainings run it: one start, and steps that are shares of epsilon. The defaults are the inner
/// attack of <see cref="Madry"/> and <see cref="Mart"/> as in Huang et al. 2021 (arXiv 2110.03825).
/// </summary>
/// <remarks>
/// Other objectives maximise or start otherwise: change a setting of theirs with <c>Trades.DefaultAttack with { Steps = 5 }</c>, which
/// keeps the rest.
/// </remarks>
public sealed record InnerPgd : IAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "inner-pgd";

    /// <summary>Ascent steps. Default 10 (Zhang et al. 2019; Wang et al. 2020; Huang et al. 2021).</summary>
    public int Steps { get; init; } = 10;

    /// <summary>
    /// Step length in the threat's norm and pixel units. Default, when null: <see cref="Reach"/> * epsilon / steps, which grows with the
    /// radius of the threat.
    /// </summary>
    public double? StepSize { get; init; }

    /// <summary>
    /// The length of all steps together as a multiple of epsilon, where <see cref="StepSize"/> is null. Default 2.5, the rule of Madry et
    /// al. 2018 (2/255 at 8/255 and 10 steps, as in Huang et al. 2021).
    /// </summary>
    public double Reach { get; init; } = 2.5;

    /// <summary>The loss that is maximised. Default: cross-entropy (Madry et al. 2018).</summary>
    public IAttackLoss Loss { get; init; } = new CrossEntropy();

    /// <summary>
    /// The starting point, unless the context gives one. Default, when null: normal noise of the deviation of one step, as in Huang et al.
    /// 2021; Madry et al. 2018 take a <see cref="RandomStart"/>.
    /// </summary>
    public IAttackStart? Start { get; init; }

    /// <summary>
    /// Takes the geometry of the published TRADES code (Zhang et al. 2019) under a norm that has one: ball and step length are those
    /// of <see cref="ITradesGeometry"/>, whatever <see cref="Reach"/> says. Other threats go by
    /// their own. Default: no. In files it is <c>renormsL2</c>.
    /// </summary>
    [JsonPropertyName("renormsL2")]
    public bool TakesTradesGeometry { get; init; }

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"inner PGD-{Steps}");

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
        .. Rule.Positive(Steps), .. Rule.PositiveOrDefault(StepSize), .. Rule.Positive(Reach), .. Loss.ProblemsAs(nameof(Loss)),
        .. Start?.ProblemsAs(nameof(Start)) ?? [],
    ];

    /// <inheritdoc/>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        ArgumentNullException.ThrowIfNull(context);
        ITradesGeometry? published = TakesTradesGeometry ? context.Threat as ITradesGeometry : null;
        double step = StepSize ?? published?.TradesStep(Steps) ?? Reach * context.Threat.Epsilon / Steps;
        GradientAscent ascent = new(Loss, new ConstantStep(step), Steps)
        {
            Start = Start ?? new GaussianStart(step),
            Ball = published?.TradesBall(),
        };
        return ascent.Run(context, cancellationToken);
    }
}
