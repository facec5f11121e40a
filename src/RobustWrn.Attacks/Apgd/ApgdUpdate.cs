using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>How a run of APGD moves in one geometry, and how it adapts when it looks back.</summary>
internal abstract class ApgdUpdate
{
    /// <summary>The length of the next step, (N, 1, 1, 1).</summary>
    public abstract Tensor StepSize { get; }

    /// <summary>The moves that fit a threat model.</summary>
    /// <param name="stage">The ball, and how many steps there are.</param>
    /// <param name="settings">Numbers of the method.</param>
    /// <param name="active">What the run works on; the moves keep what they need there.</param>
    /// <param name="start">Where the run starts, (N, C, H, W); an alias is taken.</param>
    /// <param name="images">The images, (N, C, H, W).</param>
    public static ApgdUpdate In(ApgdStage stage, ApgdSettings settings, ActiveExamples active, Tensor start, PerExample images) =>
        stage.Threat is L1Threat ? new L1Update(stage, active, start, images) : new LpUpdate(stage, settings, active, start, images);

    /// <summary>A random start: on the sphere for Linf and L2 (Croce and Hein 2020, official code), clamped to [0, 1].</summary>
    public static Tensor RandomStart(ThreatModel threat, Tensor images, RandomStream noise, ReadOnlySpan<long> examples) => threat switch
    {
        LinfThreat or L2Threat => LpUpdate.OnTheSphere(threat, images, noise, examples),
        L1Threat => L1Update.Projected(threat, images, noise, examples),
        _ => threat.RandomStart(images, noise, examples),
    };

    /// <summary>The next points.</summary>
    /// <param name="point">Where the run is, (N, C, H, W).</param>
    /// <param name="gradient">The gradient there.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    public abstract Tensor Next(Tensor point, Tensor gradient);

    /// <summary>Looks at the losses after a step, and at every checkpoint adapts.</summary>
    /// <param name="loss">Of the new points, (N).</param>
    /// <param name="rank">What orders points as the loss does, (N).</param>
    /// <param name="best">The best points so far, (N, C, H, W), and their rank, (N).</param>
    /// <returns>(N), which examples go back to their best point; null where none does.</returns>
    public abstract Tensor? Adapt(Tensor loss, Tensor rank, (Tensor Point, Tensor Rank) best);
}
