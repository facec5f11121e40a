using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>How a run of APGD moves in one geometry, and how it adapts when it looks back.</summary>
internal static class ApgdUpdate
{
    /// <summary>The moves that fit a threat model.</summary>
    /// <param name="stage">The ball, and how many steps there are.</param>
    /// <param name="settings">Numbers of the method.</param>
    /// <param name="active">What the run works on; the moves keep what they need there.</param>
    /// <param name="start">Where the run starts, (N, C, H, W); an alias is taken.</param>
    /// <param name="images">The images, (N, C, H, W).</param>
    public static AscentUpdate In(ApgdStage stage, ApgdSettings settings, ActiveExamples active, Tensor start, PerExample images) =>
        stage.Threat is L1Threat ? new L1Update(stage, active, start, images) : new LpUpdate(stage, settings, active, start, images);

    /// <summary>A random start: on the sphere for Linf and L2 (Croce and Hein 2020, official code), clamped to [0, 1].</summary>
    public static Tensor RandomStart(ThreatModel threat, Tensor images, RandomStream noise, ReadOnlySpan<long> examples) => threat switch
    {
        LinfThreat or L2Threat => LpUpdate.OnTheSphere(threat, images, noise, examples),
        L1Threat => L1Update.Projected(threat, images, noise, examples),
        _ => threat.RandomStart(images, noise, examples),
    };
}
