using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Boundaries as near as the sum of the changes of all pixels.</summary>
public sealed record L1Hyperplane : IBoundaryGeometry
{
    /// <inheritdoc/>
    public Tensor Length(Tensor moves)
    {
        using Tensor sizes = moves.abs();
        return sizes.sum(1);
    }

    /// <inheritdoc/>
    public Tensor DualLength(Tensor normals)
    {
        using Tensor sizes = normals.abs();
        return sizes.amax([1]);
    }

    /// <inheritdoc/>
    public Tensor ToHyperplane(Tensor points, Tensor normals, Tensor values)
    {
        using HyperplaneInBox problem = new(points, normals, values);
        return problem.MoveSteepestFirst();
    }

    /// <inheritdoc/>
    /// <remarks>A normal direction divided by the sum of its sizes (Croce and Hein's code).</remarks>
    public Tensor RandomDirection(RandomStream noise, ReadOnlySpan<long> examples, Tensor like)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normal = noise.Normal(examples, like.shape.AsSpan(1), like.dtype, like.device);
        return (normal / Length(normal.flatten(1)).reshape(-1, 1, 1, 1)).MoveToOuterDisposeScope();
    }
}
