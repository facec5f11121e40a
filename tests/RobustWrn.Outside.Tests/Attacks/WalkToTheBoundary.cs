using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Outside.Tests;

/// <summary>Steps onto the nearest of the linearised boundaries with the two classes that come next, and a bit beyond.</summary>
internal sealed record WalkToTheBoundary : IAttack
{
    public const string TypeName = "outside-walk";

    public int Steps { get; init; } = 10;

    public IAttackStart Start { get; init; } = new CleanStart();

    public string Name => "walk";

    public long MaxGradients => 2 * Steps;

    public ValueList<IAttackLoss> Losses => [];

    public IAttack WithEffort(double share) => this with { Steps = Effort.Of(Steps, share) };

    public IEnumerable<Problem> ProblemsUnder(ThreatModel threat) => threat.PartProblems<IHyperplaneProjection>(Name);

    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Steps), .. Start.ProblemsAs(nameof(Start))];

    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        this.ThrowIfInvalid();
        context.ThrowIfInvalid();
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using AttackedModel model = new(context, cancellationToken: cancellationToken);
        Tensor point = context.Start ?? context.StartBy(Start, context.Noise.For("start"));
        CompetingClasses rivals = context.Targets is { } targets ? CompetingClasses.Towards(targets)
            : CompetingClasses.Of(context.Labels, CompetingClasses.Ranked(model.Logits(point), context.Labels).slice(1, 0, 2, 1));
        IHyperplaneProjection planes = context.Threat.Part<IHyperplaneProjection>(Name);
        for (int step = 0; step < Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            NearestLinearizedBoundary nearest = NearestLinearizedBoundary.At(point, model, rivals, context.Threat);
            Tensor move = planes.ToHyperplane(point.flatten(1), nearest.Normals, nearest.Values.Plus(-0.01));
            // One that is over the boundary stays.
            Tensor onward = where(nearest.Values.IsBelow(0).reshape(-1, 1, 1, 1), move.reshape(point.shape), zeros_like(point));
            point = context.Threat.Project(point.Plus(onward.Times(1.02)), context.Images);
        }
        return point.MoveToOuterDisposeScope();
    }
}
