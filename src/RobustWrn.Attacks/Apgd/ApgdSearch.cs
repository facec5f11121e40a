using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// APGD from one start: a single run, or first runs in larger balls where the norm asks for them (<see cref="IApgdGeometry.LargerBalls"/>).
/// </summary>
/// <param name="Ascent">A run, with as many steps as there are in all.</param>
/// <param name="LargerEpsilons">Whether it begins in larger balls where the norm asks for them.</param>
internal sealed record ApgdSearch(GradientAscent Ascent, bool LargerEpsilons)
{
    /// <summary>The most larger balls a norm may ask for: estimates count with them before a norm is known.</summary>
    private const int MostLargerBalls = 2;

    /// <summary>The most gradients of one search.</summary>
    public long MaxGradients => Ascent.Steps + (LargerEpsilons && Ascent.Steps > MostLargerBalls ? MostLargerBalls + 1 : 1);

    /// <summary>The strongest points that one search finds.</summary>
    /// <param name="model">What is attacked.</param>
    /// <param name="context">The examples.</param>
    /// <param name="goal">What the loss is about.</param>
    /// <param name="given">Where to start; null starts at random.</param>
    /// <param name="noise">The randomness of this search.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>Points and strengths as in <see cref="AscentLoop.Climb"/>. The caller disposes both.</returns>
    public (Tensor Points, Tensor Strength) From(
        AttackedModel model, AttackContext context, AttackGoal goal, Tensor? given, RandomStream noise, CancellationToken cancellationToken)
    {
        using DisposeScope scope = NewDisposeScope();
        ApgdStage[] stages = Stages(context.Threat, context.Images, given is not null);
        AttackContext first = context with { Threat = stages[0].Threat };
        Tensor point = given is null ? new ApgdStart().From(first, noise) : StartInBall.Of(given, first);
        if (Ascent.Loss is { NeedsCleanLogits: true, ComparesWithStart: true })
            goal = goal with { CleanLogits = model.SteeringLogits(point) };
        Tensor? strength = null;
        foreach (ApgdStage stage in stages)
        {
            Tensor start = stage.Resumed ? stage.Threat.Project(point, context.Images) : point;
            (point, strength) = (Ascent with { Steps = stage.Steps }).From(
                model, context with { Threat = stage.Threat }, goal, start, cancellationToken, stage.Resumed, stage.Counts);
        }
        return (point.MoveToOuterDisposeScope(), strength!.MoveToOuterDisposeScope());
    }

    private ApgdStage[] Stages(ThreatModel threat, Tensor images, bool resumed)
    {
        IReadOnlyList<(double Radii, double Share)> larger = LargerEpsilons && threat is IApgdGeometry own ? own.LargerBalls() : [];
        if (larger.Count > MostLargerBalls)
        {
            throw new ArgumentException(
                $"a norm must ask for at most {MostLargerBalls} larger balls, got {larger.Count} from {threat.GetType().Name}.", nameof(threat));
        }
        // Fewer steps cannot be divided among the balls.
        if (larger.Count == 0 || Ascent.Steps <= larger.Count)
            return [new ApgdStage(threat, Ascent.Steps, resumed)];
        long values = images.numel() / images.shape[0];
        ApgdStage[] first = [.. larger.Select(ball => new ApgdStage(
            (threat with { Epsilon = ball.Radii * threat.Epsilon }).InBox(values),
            (int)Math.Ceiling(ball.Share * Ascent.Steps), Resumed: true, Counts: false))];
        return [.. first, new ApgdStage(threat, Ascent.Steps - first.Sum(stage => stage.Steps), Resumed: true)];
    }
}
