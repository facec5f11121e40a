using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// DeepFool (Moosavi-Dezfooli et al. 2016, arXiv 1511.04599): steps a little over the nearest boundary of the linearised model until the model errs; quick, and not as near as
/// <see cref="Fab"/>, which goes on from there. Targeted when the context has targets.
/// </summary>
/// <remarks>
/// Steps are the shortest ones in [0, 1], so that a pixel at 0 or 1 does not use up the way that others could go; where no pixel meets the
/// box they are the published ones. The published norms are L2 and Linf; in L1, and in any other that is an
/// <see cref="IHyperplaneProjection"/>, it works the same way. Under a threat model an example counts only when its change lies in the
/// ball; the others come back projected, or unchanged when nothing fooled the model.
/// </remarks>
public sealed record DeepFool : IMinimumNormAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "deepfool";

    /// <summary>The most steps. Default 50 (the authors' code, max_iter).</summary>
    public int Steps { get; init; } = 50;

    /// <summary>How much farther than the boundary a step goes, as a share of its length. Default 0.02 (Moosavi-Dezfooli et al. 2016, section 3).</summary>
    public double Overshoot { get; init; } = 0.02;

    /// <summary>The classes looked at: the label, and those of the largest logits on the unchanged image. Default 10 (the authors' code, num_classes).</summary>
    public int Classes { get; init; } = 10;

    /// <inheritdoc/>
    public string Name => "DeepFool";

    /// <inheritdoc/>
    public long MaxGradients => (long)Steps * (Classes - 1);

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => [new Margin()];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Steps = Effort.Of(Steps, share) };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Steps), .. Rule.Positive(Overshoot), .. Rule.Holds(Classes >= 2, nameof(Classes), $"must be at least 2, the label and another, got {Classes}."),
        .. Rule.Holds(Classes <= SpecLimits.MostClasses, nameof(Classes), $"must be at most {SpecLimits.MostClasses}, got {Classes}."),
    ];

    /// <inheritdoc/>
    public IEnumerable<Problem> ProblemsUnder(ThreatModel threat) => threat.PartProblems<IHyperplaneProjection>(Name);

    /// <inheritdoc/>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        using IDisposable guard = no_grad();
        using MinimalPerturbations found = Minimize(context, cancellationToken);
        return found.Within(context);
    }

    /// <inheritdoc/>
    public MinimalPerturbations Minimize(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        cancellationToken.ThrowIfCancellationRequested();
        AttackInput.ThrowIfInvalid(context);
        IHyperplaneProjection hyperplanes = context.Threat.Part<IHyperplaneProjection>(Name);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using AttackedModel model = new(context, cancellationToken: cancellationToken);
        NearestFound found = new(context, model);
        CompetingClasses all = context.Targets is not null ? CompetingClasses.Towards(context.Targets) : Nearest(found.Logits, context.Labels);
        Tensor given = context.Start?.Clamped(0, 1) ?? context.Images, first = found.Rows(beyond: 0);
        using FiniteWatch watch = new(context);
        using ActiveExamples active = new(first.numel());
        PerExample rows = active.Keep(first), point = active.Keep(given.index_select(0, first));
        for (int step = 0; step < Steps && active.Count > 0 && all.Count > 0; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope inner = NewDisposeScope();
            CompetingClasses rivals = all.Select(rows.Value);
            Tensor flat = point.Value.flatten(1);
            NearestLinearizedBoundary boundary = NearestLinearizedBoundary.At(point.Value, model, rivals, context.Threat);
            watch.Add(boundary.Normals);
            watch.ThrowIfNotFinite(model);
            Tensor move = hyperplanes.ToHyperplane(flat, boundary.Normals, boundary.Values);
            point.Value = flat.Plus(move.TimesInPlace(1 + Overshoot)).ClampInPlace(0, 1).reshape(point.Value.shape);
            Tensor fooled = model.Confirmed(rivals.Goal.Reached(model.SteeringLogits(point.Value)), point.Value, rivals.Goal);
            Tensor distances = context.Threat.Length((point.Value - context.Images.index_select(0, rows.Value)).flatten(1));
            found.Keep(rows.Value, point.Value, where(fooled, distances, distances.FilledLike(double.PositiveInfinity)));
            active.Drop([.. fooled.cpu().data<bool>()]);
        }
        return found.Result;
    }

    private CompetingClasses Nearest(Tensor logits, Tensor labels)
    {
        Tensor ranked = CompetingClasses.Ranked(logits, labels);
        return CompetingClasses.Of(labels, ranked.narrow(1, 0, Math.Min(Classes - 1, ranked.shape[1])));
    }
}
