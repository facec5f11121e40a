using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Gradient ascent, which most attacks are a setting of: a loss x a rule that moves points x a start x the ball. An attack of one's own is
/// a description that says how they meet.
/// <code>
/// public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default) =>
///     new GradientAscent(new Margin(), new ConstantStep(context.Threat.Epsilon / 4), Steps: 10).Run(context, cancellationToken);
/// </code>
/// </summary>
/// <param name="Loss">What is maximised.</param>
/// <param name="Step">How it moves.</param>
/// <param name="Steps">How many steps, at least 1.</param>
public sealed record GradientAscent(IAttackLoss Loss, IStepRule Step, int Steps)
{
    /// <summary>
    /// The start, unless the context gives one. Default: a random point of the ball. Where the rule keeps the best point, a start
    /// outside of the ball is projected first, as it may be that.
    /// </summary>
    public IAttackStart Start { get; init; } = new RandomStart();

    /// <summary>The geometry of the steps. Default: the threat's own.</summary>
    public IBall? Ball { get; init; }

    /// <summary>
    /// Leaves examples that a run fooled out of the next ones, which could not change them, and leave a run that keeps the best
    /// point: for tests, which compare. It changes no verdict, only the time. Where a run's last point counts none leaves it.
    /// </summary>
    internal bool DropFooled { get; init; } = true;

    /// <summary>Ends it at gradients that are not finite; the audit looks at models that have some.</summary>
    internal bool ChecksFinite { get; init; } = true;

    /// <summary>Told what was seen at each point.</summary>
    internal Action<AscentStep>? Watch { get; init; }

    /// <summary>One run: its last point, or the best where the rule keeps that.</summary>
    /// <param name="context">What is attacked.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>(N, C, H, W) in the ball and in [0, 1]. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The context cannot be attacked, or the model answers something other than logits.</exception>
    /// <exception cref="NonFiniteGradientException">A gradient is NaN or infinite.</exception>
    public Tensor Run(AttackContext context, CancellationToken cancellationToken = default) => BestOf(1, context, cancellationToken);

    /// <summary>Independent runs; for each example the first that fools the model, else the one of the largest loss.</summary>
    /// <param name="restarts">How many runs, at least 1. A start given by the context is used by the first.</param>
    /// <param name="context">What is attacked.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>(N, C, H, W) in the ball and in [0, 1]. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The context cannot be attacked, or the model answers something other than logits.</exception>
    /// <exception cref="NonFiniteGradientException">A gradient is NaN or infinite.</exception>
    public Tensor BestOf(int restarts, AttackContext context, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(restarts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Steps, 1);
        cancellationToken.ThrowIfCancellationRequested();
        AttackInput.ThrowIfInvalid(context);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using AttackedModel model = new(context, cancellationToken: cancellationToken);
        // Of what gradients come from: what a loss compares with each other must round alike.
        Tensor? clean = Loss is { NeedsCleanLogits: true, ComparesWithStart: false } ? model.SteeringLogits(context.Images) : null;
        if (restarts == 1)
            return Climb(model, context, clean, 0, cancellationToken).Points.MoveToOuterDisposeScope();
        using Survivors survivors = new(context, DropFooled);
        for (int restart = 0; restart < restarts && survivors.Count > 0; restart++)
        {
            using DisposeScope inner = NewDisposeScope();
            (Tensor points, Tensor? strength, AttackGoal goal) =
                Climb(model, survivors.Context(), clean is null ? null : survivors.Of(clean), restart, cancellationToken);
            survivors.Take(points, strength ?? Strength(model, points, goal));
        }
        return survivors.Best().MoveToOuterDisposeScope();
    }

    /// <summary>One run from a start, on a model that is attacked already.</summary>
    /// <param name="model">What is attacked.</param>
    /// <param name="context">The examples.</param>
    /// <param name="goal">What the attacker wants of them, with what the loss compares with.</param>
    /// <param name="start">Where it starts, (N, C, H, W). It changes hands.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <param name="resumed">Whether the start comes from an earlier run or from the caller.</param>
    /// <param name="counts">Whether a point that fools the model is a success: not in a ball that is larger than the attacker's.</param>
    /// <returns>As <see cref="AscentLoop.Climb"/>. The caller disposes both.</returns>
    internal (Tensor Points, Tensor? Strength) From(
        AttackedModel model, AttackContext context, AttackGoal goal, Tensor start, CancellationToken cancellationToken,
        bool resumed = false, bool counts = true)
    {
        using AscentLoop loop = new(model, this, context, goal, start, resumed, counts);
        return loop.Climb(cancellationToken);
    }

    private (Tensor Points, Tensor? Strength, AttackGoal Goal) Climb(
        AttackedModel model, AttackContext context, Tensor? clean, int restart, CancellationToken cancellationToken)
    {
        Tensor? given = restart == 0 ? context.Start : null;
        Tensor start = given?.clone() ?? context.StartBy(Start, context.Noise.For("start").At(restart));
        if (Step.KeepsBest)
            start = StartInBall.Of(start, context);
        if (Loss is { NeedsCleanLogits: true, ComparesWithStart: true })
            clean = model.SteeringLogits(start);
        AttackGoal goal = context.Goal(clean);
        (Tensor points, Tensor? strength) = From(model, context, goal, start, cancellationToken, resumed: given is not null);
        return (points, strength, goal);
    }

    private Tensor Strength(AttackedModel model, Tensor points, AttackGoal goal)
    {
        using DisposeScope scope = NewDisposeScope();
        IAttackLoss loss = Loss.At(Steps);
        Tensor logits = model.Logits(points);
        Tensor rank = model.RankOf(loss, Loss.NeedsCleanLogits ? model.SteeringLogits(points, logits) : logits, goal);
        return rank.FilledWhere(goal.Reached(logits), Survivors.Fooled).MoveToOuterDisposeScope();
    }
}
