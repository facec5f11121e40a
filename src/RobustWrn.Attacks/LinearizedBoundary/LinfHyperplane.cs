using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Boundaries as near as the largest change of a pixel.</summary>
public sealed record LinfHyperplane : IBoundaryGeometry
{
    /// <inheritdoc/>
    public Tensor Length(Tensor moves)
    {
        using Tensor sizes = moves.abs();
        return sizes.amax([1]);
    }

    /// <inheritdoc/>
    public Tensor DualLength(Tensor normals)
    {
        using Tensor sizes = normals.abs();
        return sizes.sum(1);
    }

    /// <inheritdoc/>
    public Tensor ToHyperplane(Tensor points, Tensor normals, Tensor values)
    {
        using HyperplaneInBox problem = new(points, normals, values);
        return problem.MoveTogether(speeds: null);
    }

    /// <inheritdoc/>
    /// <remarks>A uniform direction divided by its largest entry (Croce and Hein's code).</remarks>
    public Tensor RandomDirection(RandomStream noise, ReadOnlySpan<long> examples, Tensor like)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor uniform = noise.Uniform(examples, like.shape.AsSpan(1), like.dtype, like.device).TimesInPlace(2).PlusInPlace(-1);
        return (uniform / Length(uniform.flatten(1)).reshape(-1, 1, 1, 1)).MoveToOuterDisposeScope();
    }
}
