using System.Globalization;
using System.Text.Json.Serialization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The fast adaptive boundary attack (Croce and Hein 2020, arXiv 1907.02044): it steps over the nearest boundary of the linearised model,
/// biased towards the image, goes back once the model errs, and keeps the nearest image that fooled it. For norms that know the shortest
/// move onto a hyperplane (<see cref="IHyperplaneProjection"/>), as Linf, L2 and L1 do. Each step looks at the boundaries with all other
/// classes; <see cref="TargetedFab"/> with one, at a fraction of the cost. Targeted when the context has targets.
/// </summary>
/// <remarks>
/// Under a threat model an example counts only when its smallest change lies in the ball; the others come back unchanged, as from the authors' code.
/// One walk draws nothing at random. In L2 the authors' code takes a pixel whose slope is below 1e-8 as one that never meets the end of its range;
/// here the move is the exact one for all slopes, whatever the scale of the logits (decision 19).
/// </remarks>
public sealed record Fab : IMinimumNormAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "fab";

    // A step asks for a gradient for each other class: counted as for ten classes.
    private const int GradientsPerStep = 9;

    /// <summary>Steps of a walk. Default 100 (Croce and Hein 2020, section 4).</summary>
    public int Steps { get; init; } = 100;

    /// <summary>Walks; the first starts at the image, others at random, at half the smaller of epsilon and the nearest distance so far. Default 1, as in AutoAttack's standard version.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>The largest weight of the step from the image itself (alpha_max). Default 0.1 (Croce and Hein 2020, section 4).</summary>
    [JsonPropertyName("maximalBias")]
    public double MaxBias { get; init; } = 0.1;

    /// <summary>How far a step goes, for 1 on the boundary (eta). Default 1.05 (Croce and Hein 2020, section 4).</summary>
    public double Overshoot { get; init; } = 1.05;

    /// <summary>What is left of a change that fooled the model when the walk goes back (beta). Default 0.9 (Croce and Hein 2020, section 4).</summary>
    public double Beta { get; init; } = 0.9;

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"FAB{(Steps == 100 ? "" : $"-{Steps}")}{(Restarts > 1 ? $" x {Restarts}" : "")}");

    /// <inheritdoc/>
    /// <remarks>Counted as for ten classes.</remarks>
    public long MaxGradients => (long)Steps * Restarts * GradientsPerStep;

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => [new Margin()];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Steps = Effort.Of(Steps, share) };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Steps), .. Rule.Positive(Restarts), .. Rule.InClosed(MaxBias, 0, 1), .. Rule.Positive(Overshoot), .. Rule.InHalfOpen(Beta, 0, 1),
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
        CompetingClasses rivals = context.Targets is null ? CompetingClasses.All(context.Labels, search.Logits.shape[1]) : CompetingClasses.Towards(context.Targets);
        for (int restart = 0; restart < Restarts; restart++)
            search.Run(rivals, restart, context.Noise.For("start"), cancellationToken);
        return search.Result;
    }
}
