using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A run of APGD in one ball, as far as its <see cref="AscentUpdate"/> must know it. It owns nothing.</summary>
public sealed class ApgdStretch
{
    /// <summary>How many steps the run has.</summary>
    public required int Steps { get; init; }

    /// <summary>The share of the steps between two checkpoints that must raise the loss. Default 0.75 (Croce and Hein 2020).</summary>
    public double Rho { get; init; } = 0.75;

    /// <summary>Whether the start comes from an earlier run or from the caller, rather than from noise. Default: no.</summary>
    public bool Resumed { get; init; }

    /// <summary>The examples of the run. An update keeps there what it remembers of each.</summary>
    public required ActiveExamples Active { get; init; }

    /// <summary>The unchanged images, (N, C, H, W) in [0, 1], one of what the run keeps.</summary>
    public required PerExample Images { get; init; }

    /// <summary>Where the run starts, (N, C, H, W); only read.</summary>
    public required Tensor Start { get; init; }
}
