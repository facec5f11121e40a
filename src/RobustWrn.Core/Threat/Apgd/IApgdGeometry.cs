using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The part of a norm in which APGD goes a way of its own. Without it APGD starts at a random point of the ball and moves by
/// <see cref="LpUpdate"/>, along the norm's own steepest direction and back by its own projection.
/// </summary>
public interface IApgdGeometry
{
    /// <summary>Random starts of a run.</summary>
    /// <param name="images">(N, C, H, W) in [0, 1].</param>
    /// <param name="noise">Where the randomness comes from.</param>
    /// <param name="examples">The ids of the N images.</param>
    /// <returns>(N, C, H, W) in the ball and in [0, 1]. The caller disposes it.</returns>
    Tensor ApgdStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples);

    /// <summary>The moves of a run, in this threat model's ball.</summary>
    /// <param name="run">The run.</param>
    /// <param name="rho">
    /// The share of the steps between two checkpoints that must raise the loss. Default 0.75 (Croce and Hein 2020).
    /// </param>
    AscentUpdate ApgdUpdate(AscentRun run, double rho = 0.75);

    /// <summary>
    /// Larger balls in which a search begins, the largest first: how many times the radius, and the share of the steps spent there. The
    /// rest of the steps is spent in the ball itself. At most two. Default: none.
    /// </summary>
    IReadOnlyList<(double Radii, double Share)> LargerBalls() => [];
}
