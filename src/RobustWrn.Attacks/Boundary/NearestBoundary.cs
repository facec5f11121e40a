using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The decision boundary that is nearest when the logits are taken as linear at a point.</summary>
/// <param name="Normals">Its slopes (N, D).</param>
/// <param name="Values">The linear function at the point, (N): negative before the boundary.</param>
/// <param name="Logits">(N, classes) of the steering pass at the point.</param>
internal readonly record struct NearestBoundary(Tensor Normals, Tensor Values, Tensor Logits)
{
    // Keeps a boundary without a slope from becoming NaN, as in Croce and Hein's code.
    private const double Offset = 1e-12;

    /// <summary>One forward pass, and a backward pass for each boundary on its graph.</summary>
    public static NearestBoundary At(Tensor points, AttackedModel model, Rivals rivals, IBoundaryGeometry geometry)
    {
        using DisposeScope scope = NewDisposeScope();
        using GradientPass pass = model.Pass(points);
        Tensor? normals = null, values = null, nearest = null;
        for (long k = 0; k < rivals.Count; k++)
        {
            long boundary = k;
            Tensor slopes = pass.Gradient(logits => rivals.Difference(logits, boundary).sum(), last: k == rivals.Count - 1).flatten(1);
            Tensor difference = rivals.Difference(pass.Logits, k);
            if (rivals.Count == 1)
            {
                (normals, values) = (slopes, difference);
                break;
            }
            Tensor distance = difference.abs() / geometry.DualLength(slopes).PlusInPlace(Offset);
            if (nearest is null)
            {
                (normals, values, nearest) = (slopes, difference, distance);
                continue;
            }
            Tensor nearer = distance.lt(nearest);
            normals = where(nearer.unsqueeze(1), slopes, normals!);
            values = where(nearer, difference, values!);
            nearest = minimum(distance, nearest);
        }
        return new NearestBoundary(normals!.MoveToOuterDisposeScope(), values!.MoveToOuterDisposeScope(), pass.Logits.alias().MoveToOuterDisposeScope());
    }
}
