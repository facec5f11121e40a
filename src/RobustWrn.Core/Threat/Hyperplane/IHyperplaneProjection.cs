using System.ComponentModel;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The part of a norm that attacks need which walk along decision boundaries, such as FAB and DeepFool: the shortest move in [0, 1] onto a
/// hyperplane. A threat model that implements it can be attacked by them.
/// </summary>
/// <remarks><see cref="HyperplaneInBox"/> solves it for Lp norms.</remarks>
[Description("the shortest move onto a hyperplane in [0, 1]")]
public interface IHyperplaneProjection
{
    /// <summary>
    /// The shortest move d, in the norm, that brings a point z + d in [0, 1] onto the hyperplane value + normal . d = 0; where the box ends
    /// before it, the move to the point of the box nearest to it, which leaves pixels of slope 0 alone.
    /// </summary>
    /// <param name="points">z in [0, 1], (N, D): the values of an image in a row.</param>
    /// <param name="normals">The slopes, (N, D).</param>
    /// <param name="values">The linear functions at z, (N).</param>
    /// <returns>d, (N, D). The caller disposes it.</returns>
    Tensor ToHyperplane(Tensor points, Tensor normals, Tensor values);
}
