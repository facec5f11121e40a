using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Auto-PGD towards one class after another (Croce and Hein 2020, arXiv 2003.01690: APGD-T): the classes that the model gives the unchanged image the largest logits, the most
/// likely first. Any wrong class is a success; when the context has targets, only those are tried and only they count.
/// </summary>
/// <remarks>Fallen images leave at once, and a survivor comes back as the point of the largest loss, as in <see cref="Apgd"/>.</remarks>
public sealed record TargetedApgd : IAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "apgd-targeted";

    /// <summary>Ascent steps of a run. Default 100, as in AutoAttack (Croce and Hein 2020).</summary>
    public int Steps { get; init; } = 100;

    /// <summary>How many classes are tried, at most all but the label. Default 9, as in AutoAttack for Linf and L2; its version for L1 takes 5.</summary>
    public int TargetClasses { get; init; } = 9;

    /// <summary>What is maximised. Default: the targeted DLR loss.</summary>
    public IAttackLoss Loss { get; init; } = new Dlr();

    /// <summary>Independent random starts for each class. Default 1, as in AutoAttack.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>The share of the steps between two checkpoints that must raise the loss, or the step is halved. Default 0.75 (Croce and Hein 2020). Not used in L1.</summary>
    public double Rho { get; init; } = 0.75;

    /// <summary>Whether runs in L1 begin in balls of 3 and 2 times epsilon, 0.3 of the steps each. Default: yes, as in AutoAttack's version for L1. Not used in other norms.</summary>
    public bool LargerEpsilons { get; init; } = true;

    /// <summary>Whether fooled examples leave a run: for tests, which compare.</summary>
    internal bool DropFooled { get; init; } = true;

    /// <inheritdoc/>
    public string Name => $"APGD-T{(Loss is Dlr ? "" : $"-{ApgdName.Of(Loss)}")}{ApgdName.Suffix(Steps, Restarts)}";

    /// <inheritdoc/>
    public long MaxGradients => Search.MaxGradients * TargetClasses * Restarts;

    private ApgdSearch Search => new(new GradientAscent(Loss, new AdaptiveStep(Rho), Steps) { DropFooled = DropFooled }, LargerEpsilons);

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => [Loss];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Steps = Effort.Of(Steps, share) };

    /// <inheritdoc/>
    public IEnumerable<string> Notices(long classes) => Loss.Notices(classes, targeted: true);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Steps), .. Rule.Positive(TargetClasses, most: SpecLimits.MostClasses), .. Rule.Positive(Restarts),
        .. Rule.InClosed(Rho, 0, 1), .. Loss.ProblemsAs(nameof(Loss)),
    ];

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
        Tensor ranking = context.Targets?.unsqueeze(1) ?? CompetingClasses.Ranked(logits, context.Labels);
        Tensor? clean = Loss.NeedsCleanLogits ? model.SteeringLogits(context.Images, logits) : null;
        using Survivors survivors = new(context, DropFooled, context.Goal().Reached(logits));
        for (int rank = 0; rank < Math.Min(TargetClasses, ranking.shape[1]); rank++)
        {
            for (int restart = 0; restart < Restarts && survivors.Count > 0; restart++)
            {
                using DisposeScope inner = NewDisposeScope();
                AttackContext left = survivors.Context();
                AttackGoal goal = new(left.Labels, survivors.Of(ranking).select(1, rank), clean is null ? null : survivors.Of(clean))
                {
                    AnyErrorCounts = left.Targets is null,
                };
                RandomStream noise = context.Noise.For("start").At(rank).At(restart);
                (Tensor points, Tensor strength) = Search.From(
                    model, left, goal, rank + restart == 0 ? left.Start : null, noise, cancellationToken);
                survivors.Take(points, strength);
            }
        }
        return survivors.Best().MoveToOuterDisposeScope();
    }
}
