using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The geometry of attacks that look for the nearest decision boundary: lengths of moves, and the shortest move in [0, 1] onto a hyperplane. A threat model of your own
/// that implements it can be attacked by <see cref="Fab"/> and <see cref="TargetedFab"/>.
/// </summary>
public interface IBoundaryGeometry
{
    /// <summary>The length of each move in the norm.</summary>
    /// <param name="moves">(N, D).</param>
    /// <returns>(N). The caller disposes it.</returns>
    Tensor Length(Tensor moves);

    /// <summary>The dual norm: how much a move of length 1 changes a linear function at most.</summary>
    /// <param name="normals">The slopes of the functions, (N, D).</param>
    /// <returns>(N). The caller disposes it.</returns>
    Tensor DualLength(Tensor normals);

    /// <summary>
    /// The shortest move d, in the norm, that brings a point z + d in [0, 1] onto the hyperplane value + normal . d = 0; where the box ends before it, the move to the point of
    /// the box nearest to it, which leaves pixels of slope 0 alone.
    /// </summary>
    /// <param name="points">z in [0, 1], (N, D).</param>
    /// <param name="normals">The slopes, (N, D).</param>
    /// <param name="values">The linear functions at z, (N).</param>
    /// <returns>d, (N, D). The caller disposes it.</returns>
    Tensor ToHyperplane(Tensor points, Tensor normals, Tensor values);

    /// <summary>Random moves of length 1, with which restarts begin.</summary>
    /// <param name="noise">Where the randomness comes from.</param>
    /// <param name="examples">The ids of the N examples.</param>
    /// <param name="like">Images, for shape, dtype and device: (N, C, H, W).</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    Tensor RandomDirection(RandomStream noise, ReadOnlySpan<long> examples, Tensor like);
}
