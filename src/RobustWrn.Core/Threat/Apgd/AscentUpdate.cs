using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Moves points along gradients, with what it remembers of each example from step to step. What it remembers it keeps in the
/// <see cref="ActiveExamples"/> of its run, so that examples may leave in the middle.
/// </summary>
public abstract class AscentUpdate
{
    /// <summary>The length of the next step in the norm, (N, 1, 1, 1). It belongs to the update.</summary>
    public abstract Tensor StepSize { get; }

    /// <summary>The points after a step, in the ball and in [0, 1].</summary>
    /// <param name="point">Where the run is, (N, C, H, W).</param>
    /// <param name="gradient">The gradient of the loss there.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    public abstract Tensor Next(Tensor point, Tensor gradient);

    /// <summary>Looks at the losses after a step, and may adapt. Default: nothing is adapted.</summary>
    /// <param name="loss">Of the new points, (N).</param>
    /// <param name="rank">Orders points as the loss does, (N).</param>
    /// <param name="best">The best points so far, (N, C, H, W), and their rank, (N).</param>
    /// <returns>(N), boolean: which examples go back to their best point; null where none does. The caller disposes it.</returns>
    public virtual Tensor? Adapt(Tensor loss, Tensor rank, (Tensor Point, Tensor Rank) best) => null;
}
