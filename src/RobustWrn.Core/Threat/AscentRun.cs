using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A run of gradient ascent, as far as its <see cref="AscentUpdate"/> must know it. It owns nothing.</summary>
public sealed class AscentRun
{
    /// <summary>The limit on how far images move.</summary>
    public required ThreatModel Threat { get; init; }

    /// <summary>The geometry of the steps: the threat's own, or another that the ascent is given.</summary>
    public required IBall Ball { get; init; }

    /// <summary>The number of steps.</summary>
    public required int Steps { get; init; }

    /// <summary>The examples of the run. An update keeps there what it remembers of each.</summary>
    public required ActiveExamples Active { get; init; }

    /// <summary>The unchanged images, (N, C, H, W) in [0, 1], one of what the run keeps.</summary>
    public required PerExample Images { get; init; }

    /// <summary>The start of the run, (N, C, H, W). It is alive while the update is made; keep an alias.</summary>
    public required Tensor Start { get; init; }

    /// <summary>Says that the start comes from an earlier run or from the caller, rather than from noise. Default: no.</summary>
    public bool Resumed { get; init; }
}
