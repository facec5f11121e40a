using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Attacks another model, the context's <see cref="AttackContext.Surrogate"/>, and shows what it finds to the model: a baseline that needs no gradient of the model
/// (Papernot et al. 2016, arXiv 1605.07277). When it does better than attacks on the model itself, those have met masked gradients. Targeted when the context has targets.
/// </summary>
/// <remarks>A model is not part of a description, so the surrogate comes with the context, as the model does; without one the attack refuses to run.</remarks>
public sealed record Transfer : IAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "transfer";

    /// <summary>What attacks the surrogate. Default: PGD with 20 steps.</summary>
    public IAttack Attack { get; init; } = new Pgd();

    /// <inheritdoc/>
    public string Name => $"transfer of {Attack.Name}";

    /// <inheritdoc/>
    public long MaxGradients => Attack.MaxGradients + 1;

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => [];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Attack = Attack.WithEffort(share) };

    /// <inheritdoc/>
    public IEnumerable<string> Notices(long classes) => Attack.Notices(classes);

    /// <inheritdoc/>
    public bool NeedsSurrogate => true;

    /// <inheritdoc/>
    public IEnumerable<Problem> ProblemsUnder(ThreatModel threat) => Attack?.ProblemsUnder(threat) ?? [];

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Attack.ProblemsAs(nameof(Attack));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The context has no surrogate.</exception>
    /// <exception cref="AttackRefusedException">The inner attack left the ball or the box.</exception>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        cancellationToken.ThrowIfCancellationRequested();
        AttackInput.ThrowIfInvalid(context);
        if (context.Surrogate is not { } surrogate)
            throw new ArgumentException("a transfer attack needs another model to attack, but the context has no surrogate. Write context with { Surrogate = otherModel }.", nameof(context));
        using IDisposable guard = no_grad();
        using AttackedModel model = new(context, steers: false);
        using UnfooledBatch batch = new(context, model, new Margin());
        if (batch.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using Tensor? start = context.Start is null ? null : batch.Of(context.Start);
            using Tensor found = Attack.PerturbVerified(OnSurrogate(batch.Context, surrogate) with { Start = start }, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            batch.Query(new QueryCandidate(found));
        }
        return batch.Finish();
    }

    // The surrogate is no randomised model, nor one that is steered in short numbers, because the model is.
    private static AttackContext OnSurrogate(AttackContext context, nn.Module<Tensor, Tensor> surrogate) => context with
    {
        Model = surrogate,
        Surrogate = null,
        BatchNorm = BatchNormMode.Evaluation,
        GradientDraws = 1,
        SteeringPrecision = null,
    };
}
