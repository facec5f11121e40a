using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// APGD from one start: a single run, or in L1 three, in balls of 3, 2 and 1 times epsilon over 0.3, 0.3 and 0.4 of the steps (Croce and Hein 2021, section 4.2).
/// </summary>
/// <param name="Settings">Numbers of the method.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="LargerEpsilons">Whether L1 begins in larger balls.</param>
internal sealed record ApgdSearch(ApgdSettings Settings, int Steps, bool LargerEpsilons)
{
    /// <summary>Fewer steps cannot be divided into three.</summary>
    private const int FewestStagedSteps = 3;

    /// <summary>The most gradients of one search.</summary>
    public long MaxGradients => Steps + (LargerEpsilons && Steps >= FewestStagedSteps ? 3 : 1);

    /// <summary>Searches.</summary>
    /// <param name="model">What is attacked.</param>
    /// <param name="context">The examples.</param>
    /// <param name="goal">What the loss is about.</param>
    /// <param name="reach">Classes that count as success, (N); null: any but the label.</param>
    /// <param name="given">Where to start; null starts at random.</param>
    /// <param name="noise">The randomness of this search.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>Points and strengths as in <see cref="ApgdRun.Climb"/>. The caller disposes both.</returns>
    public (Tensor Points, Tensor Strength) From(AttackedModel model, AttackContext context, AttackGoal goal, Tensor? reach, Tensor? given, RandomStream noise, CancellationToken cancellationToken)
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
        if (!LargerEpsilons || threat is not L1Threat || Steps < FewestStagedSteps)
            return [new ApgdStage(threat, Steps, resumed)];
        long values = images.numel() / images.shape[0];
        int third = (int)Math.Ceiling(0.3 * Steps);
        return
        [
            new ApgdStage((threat with { Epsilon = 3 * threat.Epsilon }).InBox(values), third, Resumed: true, Counts: false),
            new ApgdStage((threat with { Epsilon = 2 * threat.Epsilon }).InBox(values), third, Resumed: true, Counts: false),
            new ApgdStage(threat, Steps - 2 * third, Resumed: true),
        ];
    }
}
