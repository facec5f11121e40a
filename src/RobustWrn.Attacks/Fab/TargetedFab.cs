using System.Globalization;
using System.Text.Json.Serialization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The targeted version of the fast adaptive boundary attack, FAB-T (Croce and Hein 2020, arXiv 1907.02044 and 2003.01690): a walk of
/// <see cref="Fab"/> for each of the classes that come next on the unchanged image, along the boundary between that class and the label
/// alone. A step costs one gradient whatever the number of classes. Any other class than the label counts. For the norms of
/// <see cref="Fab"/>. When the context has targets, there is one walk, towards them.
/// </summary>
/// <remarks>
/// Under a threat model an example counts only when its smallest change lies in the ball, and is then not attacked for the classes that follow; the others come back unchanged,
/// as from the authors' code. With one walk for each class it draws nothing at random.
/// </remarks>
public sealed record TargetedFab : IMinimumNormAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "fab-t";

    /// <summary>Steps of a walk. Default 100 (Croce and Hein 2020, AutoAttack).</summary>
    public int Steps { get; init; } = 100;

    /// <summary>How many classes are tried, in the order of their logits on the unchanged image; fewer where the model has fewer. Default 9 (Croce and Hein 2020, AutoAttack).</summary>
    public int TargetClasses { get; init; } = 9;

    /// <summary>Walks for each class; the first starts at the image, others at random, at half the smaller of epsilon and the nearest distance so far. Default 1 (AutoAttack).</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>The largest weight of the step from the image itself (alpha_max). Default 0.1 (Croce and Hein 2020).</summary>
    [JsonPropertyName("maximalBias")]
    public double MaxBias { get; init; } = 0.1;

    /// <summary>How far a step goes, for 1 on the boundary (eta). Default 1.05 (Croce and Hein 2020).</summary>
    public double Overshoot { get; init; } = 1.05;

    /// <summary>What is left of a change that fooled the model when the walk goes back (beta). Default 0.9 (Croce and Hein 2020).</summary>
    public double Beta { get; init; } = 0.9;

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture,
        $"FAB-T{(Steps == 100 && TargetClasses == 9 ? "" : $" {TargetClasses} x {Steps}")}{(Restarts > 1 ? $" x {Restarts}" : "")}");

    /// <inheritdoc/>
    public long MaxGradients => (long)Steps * TargetClasses * Restarts;

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => [new Margin()];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Steps = Effort.Of(Steps, share) };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Steps), .. Rule.Positive(TargetClasses, most: SpecLimits.MostClasses), .. Rule.Positive(Restarts),
        .. Rule.InClosed(MaxBias, 0, 1), .. Rule.Positive(Overshoot), .. Rule.InHalfOpen(Beta, 0, 1),
    ];

    /// <inheritdoc/>
    public IEnumerable<Problem> ProblemsUnder(ThreatModel threat) => threat.PartProblems<IHyperplaneProjection>(Name);

    /// <inheritdoc/>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        using IDisposable guard = no_grad();
        using MinimalPerturbations found = Search(context, bounded: true, cancellationToken);
        return found.WithinOrUnchanged(context);
    }

    /// <inheritdoc/>
    public MinimalPerturbations Minimize(AttackContext context, CancellationToken cancellationToken = default) => Search(context, bounded: false, cancellationToken);

    private MinimalPerturbations Search(AttackContext context, bool bounded, CancellationToken cancellationToken)
    {
        this.ThrowIfInvalid();
        cancellationToken.ThrowIfCancellationRequested();
        AttackInput.ThrowIfInvalid(context);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using AttackedModel model = new(context, cancellationToken: cancellationToken);
        IHyperplaneProjection hyperplanes = context.Threat.Part<IHyperplaneProjection>(Name);
        FabSearch search = new(new FabWalk(Steps, MaxBias, Overshoot, Beta), hyperplanes, context, model, bounded);
        if (context.Targets is not null)
        {
            Walks(CompetingClasses.Towards(context.Targets), context.Noise.For("start"));
            return search.Result;
        }
        Tensor ranked = CompetingClasses.Ranked(search.Logits, context.Labels);
        for (int rank = 0; rank < Math.Min(TargetClasses, ranked.shape[1]); rank++)
            Walks(CompetingClasses.Of(context.Labels, ranked.narrow(1, rank, 1)), context.Noise.For("start").At(rank));
        return search.Result;

        void Walks(CompetingClasses rivals, RandomStream noise)
        {
            for (int restart = 0; restart < Restarts; restart++)
                search.Run(rivals, restart, noise, cancellationToken);
        }
    }
}
