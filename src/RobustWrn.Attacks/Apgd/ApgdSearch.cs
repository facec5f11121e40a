using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// APGD from one start: a single run, or first runs in larger balls where the norm asks for them (<see cref="IApgdGeometry.LargerBalls"/>).
/// </summary>
/// <param name="Settings">Numbers of the method.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="LargerEpsilons">Whether it begins in larger balls where the norm asks for them.</param>
internal sealed record ApgdSearch(ApgdSettings Settings, int Steps, bool LargerEpsilons)
{
    /// <summary>The most larger balls a norm may ask for: estimates count with them before a norm is known.</summary>
    private const int MostLargerBalls = 2;

    /// <summary>The most gradients of one search.</summary>
    public long MaxGradients => Steps + (LargerEpsilons && Steps > MostLargerBalls ? MostLargerBalls + 1 : 1);

    /// <summary>Searches.</summary>
    /// <param name="model">What is attacked.</param>
    /// <param name="context">The examples.</param>
    /// <param name="goal">What the loss is about.</param>
    /// <param name="reach">Classes that count as success, (N); null: any but the label.</param>
    /// <param name="given">Where to start; null starts at random.</param>
    /// <param name="noise">The randomness of this search.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>Points and strengths as in <see cref="ApgdRun.Climb"/>. The caller disposes both.</returns>
    public (Tensor Points, Tensor Strength) From(
        AttackedModel model, AttackContext context, AttackGoal goal, Tensor? reach, Tensor? given, RandomStream noise,
        CancellationToken cancellationToken)
    {
        using DisposeScope scope = NewDisposeScope();
        ApgdStage[] stages = Stages(context.Threat, context.Images, given is not null);
        (Tensor Points, Tensor Strength) found = (given is not null ? Inside(given, stages[0].Threat, context.Images) : ApgdUpdate.RandomStart(stages[0].Threat, context.Images, noise, context.Examples.AsSpan()), null!);
        foreach (ApgdStage stage in stages)
        {
            Tensor start = stage.Resumed ? stage.Threat.Project(found.Points, context.Images) : found.Points;
            using ApgdRun run = new(model, Settings, context, goal, reach, start);
            found = run.Climb(stage, cancellationToken);
        }
        return (found.Points.MoveToOuterDisposeScope(), found.Strength.MoveToOuterDisposeScope());
    }

    // A start that fools the model is what the run finds, so it must lie in the ball; one that does stays as given.
    private static Tensor Inside(Tensor start, ThreatModel threat, Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inside = threat.Distance(start, images).IsAtMost(threat.Epsilon + threat.Tolerance) & (start.IsAtLeast(0) & start.IsAtMost(1)).flatten(1).all(1);
        return where(inside.reshape(-1, 1, 1, 1), start, threat.Project(start, images)).MoveToOuterDisposeScope();
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
        if (larger.Count == 0 || Steps <= larger.Count)
            return [new ApgdStage(threat, Steps, resumed)];
        long values = images.numel() / images.shape[0];
        ApgdStage[] first = [.. larger.Select(ball => new ApgdStage(
            (threat with { Epsilon = ball.Radii * threat.Epsilon }).InBox(values), (int)Math.Ceiling(ball.Share * Steps), Resumed: true, Counts: false))];
        return [.. first, new ApgdStage(threat, Steps - first.Sum(stage => stage.Steps), Resumed: true)];
    }
}
