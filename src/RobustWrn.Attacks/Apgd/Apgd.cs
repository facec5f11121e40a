using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Auto-PGD (Croce and Hein 2020, arXiv 2003.01690; in L1, Croce and Hein 2021, arXiv 2103.01208): projected gradient ascent with momentum that halves its steps and goes back
/// to the best point where the loss stops rising, so that no step size has to be chosen. Targeted when the context has targets.
/// </summary>
/// <remarks>
/// Images that fool the model from the start, or fall during a run, leave at once; no verdict depends on it. Of an image that stays right the point of the largest loss is
/// returned, where the official code returns the image itself.
/// </remarks>
public sealed record Apgd : IAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "apgd";

    /// <summary>Ascent steps of a run. Default 100, as in AutoAttack (Croce and Hein 2020).</summary>
    public int Steps { get; init; } = 100;

    /// <summary>What is maximised. Default: cross-entropy, the first attack of AutoAttack; <see cref="Dlr"/> makes APGD-DLR.</summary>
    public IAttackLoss Loss { get; init; } = new CrossEntropy();

    /// <summary>Independent random starts, each for what the earlier ones left right. Default 1, as in AutoAttack for Linf and L2; its version for L1 takes 5.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>The share of the steps between two checkpoints that must raise the loss, or the step is halved. Default 0.75 (Croce and Hein 2020). Not used in L1.</summary>
    public double Rho { get; init; } = 0.75;

    /// <summary>Whether runs in L1 begin in balls of 3 and 2 times epsilon, 0.3 of the steps each. Default: yes, as in AutoAttack's version for L1. Not used in other norms.</summary>
    public bool LargerEpsilons { get; init; } = true;

    /// <summary>Whether fooled examples leave a run: for tests, which compare.</summary>
    internal bool DropFooled { get; init; } = true;

    /// <inheritdoc/>
    public string Name => $"APGD-{ApgdName.Of(Loss)}{ApgdName.Suffix(Steps, Restarts)}";

    /// <inheritdoc/>
    public long MaxGradients => Search.MaxGradients * Restarts;

    private ApgdSearch Search => new(new GradientAscent(Loss, new AdaptiveStep(Rho), Steps) { DropFooled = DropFooled }, LargerEpsilons);

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => [Loss];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Steps = Effort.Of(Steps, share) };

    /// <inheritdoc/>
    public IEnumerable<string> Notices(long classes) => Loss.Notices(classes, targeted: false);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Steps), .. Rule.Positive(Restarts), .. Rule.InClosed(Rho, 0, 1), .. Loss.ProblemsAs(nameof(Loss))];

    /// <inheritdoc/>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        cancellationToken.ThrowIfCancellationRequested();
        AttackInput.ThrowIfInvalid(context);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using AttackedModel model = new(context, cancellationToken: cancellationToken);
        Tensor logits = model.Logits(context.Images);
        AttackInput.ThrowIfOutside(context.Labels, logits);
        Tensor? clean = Loss.NeedsCleanLogits ? model.SteeringLogits(context.Images, logits) : null;
        using Survivors survivors = new(context, DropFooled, context.Goal().Reached(logits));
        for (int restart = 0; restart < Restarts && survivors.Count > 0; restart++)
        {
            using DisposeScope inner = NewDisposeScope();
            AttackContext left = survivors.Context();
            AttackGoal goal = left.Goal(clean is null ? null : survivors.Of(clean));
            RandomStream noise = context.Noise.For("start").At(restart);
            (Tensor points, Tensor strength) = Search.From(model, left, goal, restart == 0 ? left.Start : null, noise, cancellationToken);
            survivors.Take(points, strength);
        }
        return survivors.Best().MoveToOuterDisposeScope();
    }
}
