using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Boundaries as near as the Euclidean length of the change.</summary>
public sealed record L2Hyperplane : IBoundaryGeometry
{
    /// <inheritdoc/>
    public Tensor Length(Tensor moves)
    {
        using Tensor lengths = moves.EuclideanLengths();
        return lengths.squeeze(1);
    }

    /// <inheritdoc/>
    public Tensor DualLength(Tensor normals) => Length(normals);

    /// <inheritdoc/>
    public Tensor ToHyperplane(Tensor points, Tensor normals, Tensor values)
    {
        using HyperplaneInBox problem = new(points, normals, values);
        return problem.MoveTogether(problem.Slopes);
    }

    /// <inheritdoc/>
    /// <remarks>A normal direction divided by its length (Croce and Hein's code).</remarks>
    public Tensor RandomDirection(RandomStream noise, ReadOnlySpan<long> examples, Tensor like)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normal = noise.Normal(examples, like.shape.AsSpan(1), like.dtype, like.device);
        return (normal / Length(normal.flatten(1)).reshape(-1, 1, 1, 1)).MoveToOuterDisposeScope();
    }
}
