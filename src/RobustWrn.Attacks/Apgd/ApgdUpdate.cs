using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Moves and random starts of APGD: the norm's own where it has some, else those for any norm.</summary>
internal static class ApgdUpdate
{
    /// <summary>The moves that fit a threat model.</summary>
    /// <param name="stage">The ball, and how many steps there are.</param>
    /// <param name="settings">Numbers of the method.</param>
    /// <param name="active">What the run works on; the moves keep what they need there.</param>
    /// <param name="start">Where the run starts, (N, C, H, W); an alias is taken.</param>
    /// <param name="images">The images, (N, C, H, W).</param>
    public static AscentUpdate In(ApgdStage stage, ApgdSettings settings, ActiveExamples active, Tensor start, PerExample images)
    {
        ApgdStretch stretch = new()
        {
            Steps = stage.Steps,
            Rho = settings.Rho,
            Resumed = stage.Resumed,
            Active = active,
            Start = start,
            Images = images,
        };
        return stage.Threat is IApgdGeometry own ? own.ApgdUpdate(stretch) : new LpUpdate(stage.Threat, stretch);
    }

    /// <summary>A random start: the norm's own, clamped to [0, 1], else a random point of the ball.</summary>
    public static Tensor RandomStart(ThreatModel threat, Tensor images, RandomStream noise, ReadOnlySpan<long> examples) =>
        threat is IApgdGeometry own ? own.ApgdStart(images, noise, examples) : threat.RandomStart(images, noise, examples);
}
