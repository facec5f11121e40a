using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Starts of runs that may end where they start.</summary>
internal static class StartInBall
{
    /// <summary>A start that fools the model is what the run finds, so it must lie in the ball; one that does stays as given.</summary>
    /// <param name="start">(N, C, H, W).</param>
    /// <param name="context">What is attacked.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    public static Tensor Of(Tensor start, AttackContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        (ThreatModel threat, Tensor images) = (context.Threat, context.Images);
        Tensor near = threat.Distance(start, images).IsAtMost(threat.Epsilon + threat.Tolerance);
        Tensor inside = near & (start.IsAtLeast(0) & start.IsAtMost(1)).flatten(1).all(1);
        return where(inside.reshape(-1, 1, 1, 1), start, threat.Project(start, images)).MoveToOuterDisposeScope();
    }
}
