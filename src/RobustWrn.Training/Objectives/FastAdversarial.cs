using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// Fast adversarial training (Wong, Rice and Kolter 2020, arXiv 2001.03994): cross-entropy on the images of a single gradient step from a
/// random start, FGSM-RS, at a fraction of the cost of <see cref="Madry"/>. A <see cref="Guard"/> notices catastrophic overfitting, to the
/// step instead of the ball, and falls back to projected gradient descent.
/// </summary>
public sealed record FastAdversarial : IRobustObjective, IMigratedDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "fast-adversarial";

    /// <summary>
    /// The inner attack unless another is given, FGSM-RS: one step of 1.25 epsilon from a random point of the ball, under Linf
    /// U(-epsilon, epsilon) for each pixel (Wong et al. 2020, section 5: 10/255 at 8/255).
    /// </summary>
    public static InnerPgd DefaultAttack { get; } = new() { Steps = 1, Reach = 1.25, Start = new RandomStart() };

    /// <summary>
    /// The inner attack: <c>FastAdversarial.DefaultAttack with { Reach = 1 }</c>, or any other fast one, which is guarded, too. Default:
    /// <see cref="DefaultAttack"/>.
    /// </summary>
    public IAttack InnerAttack { get; init; } = DefaultAttack;

    /// <summary>The guard against catastrophic overfitting; null lets it happen. Default: a guard with its defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] // null is not the default, so it must be written
    public OverfittingGuard? Guard { get; init; } = new();

    /// <summary>
    /// The share of the label's probability that the cross-entropy spreads over all classes, in [0, 1). Default 0 (Wong et al. 2020).
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <inheritdoc/>
    public string Name => "fast adversarial";

    /// <inheritdoc/>
    public static void Migrate(JsonObject stored) => FormerInnerAttack.Migrate(stored, DefaultAttack);

    /// <inheritdoc/>
    /// <remarks>
    /// Beside the loss its parts tell the guard's <c>gap</c> and whether it fell back, 0 or 1, whose mean over an epoch is the share of
    /// images trained on in that way; not where the context brings the images.
    /// </remarks>
    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        using DisposeScope scope = NewDisposeScope();
        Tensor adversarial = InnerMaximum.Of(InnerAttack, context, cancellationToken);
        // Images that are given were judged when they were found.
        GuardReading? reading = context.Adversarial is null ? Guard?.Read(context, adversarial, cancellationToken) : null;
        if (reading is { Overfits: true })
            adversarial = InnerMaximum.Of(Guard!.FallbackFor(context.Threat), context, cancellationToken);
        Tensor logits = context.Logits(adversarial);
        Tensor loss = LabelLoss.Mean(context, logits, LabelSmoothing), robust = loss.detach();
        LossPart[] parts = reading is { } seen
            ? [new("robust", robust), new("gap", robust.FilledLike(seen.Gap)), new("fallback", robust.FilledLike(seen.Overfits ? 1 : 0))]
            : [new("robust", robust)];
        return new ObjectiveLoss(loss, logits.detach(), adversarial, parts).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. InnerMaximum.Problems(InnerAttack), .. Guard?.ProblemsAs(nameof(Guard)) ?? [], .. Rule.InHalfOpen(LabelSmoothing, 0, 1),
    ];
}
