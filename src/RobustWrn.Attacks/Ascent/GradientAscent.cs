using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The loop of all projected-gradient attacks, once: ball x loss x step rule. Each step moves along the steepest direction of the loss and comes back
/// into the ball and into [0, 1].
/// </summary>
/// <param name="Loss">What is maximised.</param>
/// <param name="Step">How long the steps are.</param>
/// <param name="Steps">How many.</param>
public sealed record GradientAscent(IAttackLoss Loss, IStepRule Step, int Steps)
{
    /// <summary>Where it starts, unless the context gives a start. Default: a random point of the ball.</summary>
    public IAttackStart Start { get; init; } = new RandomStart();

    /// <summary>The geometry. Default: the threat's own.</summary>
    public IBall? Ball { get; init; }

    /// <summary>
    /// Whether examples that a run fooled are left out of the next ones, which could not change them: for tests, which compare. Within a run none leaves, as its last point
    /// counts and not the best one on the way.
    /// </summary>
    internal bool DropFooled { get; init; } = true;

    /// <summary>One run; its last point.</summary>
    /// <param name="context">What is attacked.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    public Tensor Run(AttackContext context, CancellationToken cancellationToken = default) => BestOf(1, context, cancellationToken);

    /// <summary>Independent runs; for each example the first that fools the model, else the one of the largest loss.</summary>
    /// <param name="restarts">How many runs, at least 1. A start given by the context is used by the first.</param>
    /// <param name="context">What is attacked.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    public Tensor BestOf(int restarts, AttackContext context, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(restarts, 1);
        cancellationToken.ThrowIfCancellationRequested();
        AttackInput.ThrowIfInvalid(context);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using AttackedModel model = new(context.Model, context.BatchNorm);
        // Of what gradients come from: what a loss compares with each other must round alike.
        Tensor? clean = Loss.NeedsCleanLogits ? model.SteeringLogits(context.Images) : null;
        if (restarts == 1)
            return Climb(model, context, new AttackGoal(context.Labels, context.Targets, clean), 0, cancellationToken).MoveToOuterDisposeScope();
        using Survivors survivors = new(context, DropFooled);
        for (int restart = 0; restart < restarts && survivors.Count > 0; restart++)
        {
            using DisposeScope inner = NewDisposeScope();
            AttackContext left = survivors.Context();
            AttackGoal goal = new(left.Labels, left.Targets, clean is null ? null : survivors.Of(clean));
            Tensor candidate = Climb(model, left, goal, restart, cancellationToken);
            survivors.Take(candidate, Strength(model, candidate, goal));
        }
        return survivors.Best().MoveToOuterDisposeScope();
    }

    private Tensor Climb(AttackedModel model, AttackContext context, AttackGoal goal, int restart, CancellationToken cancellationToken)
    {
        IBall ball = Ball ?? context.Threat;
        Tensor point = restart == 0 && context.Start is not null
            ? context.Start.clone()
            : AttackInput.StartOf(Start, context, context.Noise.For("start").At(restart));
        using FiniteWatch watch = new(context);
        for (int step = 0; step < Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            Tensor gradient = model.AscentGradient(point, Loss, goal);
            watch.Add(gradient);
            Tensor moved = ball.SteepestDirection(gradient).TimesLength(Step.Size(step, Steps)).PlusInPlace(point);
            Tensor next = ball.Project(moved, context.Images).MoveToOuterDisposeScope();
            point.Dispose();
            point = next;
        }
        watch.ThrowIfNotFinite(model);
        return point;
    }

    private Tensor Strength(AttackedModel model, Tensor point, AttackGoal goal)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = model.Logits(point);
        Tensor fooled = ApgdRun.Fooled(logits, goal.Labels, goal.Targets);
        Tensor loss = model.Climbed(Loss, Loss.NeedsCleanLogits && model.HasView ? model.SteeringLogits(point) : logits, goal);
        return where(fooled, loss.FilledLike(Survivors.Fooled), loss).MoveToOuterDisposeScope();
    }
}
