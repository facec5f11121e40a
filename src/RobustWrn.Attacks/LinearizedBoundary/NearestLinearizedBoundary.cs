using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The decision boundary that is nearest when the logits are taken as linear at a point. Slopes and value are divided by the largest slope,
/// which leaves the boundary where it is.
/// </summary>
/// <param name="Normals">Its slopes (N, D), the steepest from 1 to 2 in size; zero where there is none.</param>
/// <param name="Values">The linear function at the point, (N): negative before the boundary.</param>
/// <param name="Logits">(N, classes) of the steering pass at the point.</param>
public readonly record struct NearestLinearizedBoundary(Tensor Normals, Tensor Values, Tensor Logits)
{
    /// <summary>Linearises the model: one forward pass, and a backward pass for each boundary on its graph.</summary>
    /// <param name="points">(N, C, H, W).</param>
    /// <param name="model">The model.</param>
    /// <param name="rivals">The boundaries of each point, at least one.</param>
    /// <param name="threat">The norm in which the nearest is meant.</param>
    /// <returns>New tensors. The caller disposes them.</returns>
    public static NearestLinearizedBoundary At(Tensor points, AttackedModel model, CompetingClasses rivals, ThreatModel threat)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rivals);
        ArgumentNullException.ThrowIfNull(threat);
        using DisposeScope scope = NewDisposeScope();
        using GradientPass pass = model.Pass(points);
        Tensor? normals = null, values = null, nearest = null;
        for (long k = 0; k < rivals.Count; k++)
        {
            long boundary = k;
            Tensor slopes = pass.Gradient(logits => rivals.Difference(logits, boundary).sum(), last: k == rivals.Count - 1).flatten(1);
            Tensor scale = slopes.RowScale();
            slopes.div_(scale);
            Tensor difference = rivals.Difference(pass.Logits, k).div_(scale.squeeze(1));
            if (rivals.Count == 1)
            {
                (normals, values) = (slopes, difference);
                break;
            }
            Tensor distance = Distance(difference, threat.DualNorm(slopes));
            if (nearest is null)
            {
                (normals, values, nearest) = (slopes, difference, distance);
                continue;
            }
            Tensor nearer = distance.lt(nearest);
            normals = where(nearer.unsqueeze(1), slopes, normals!);
            values = where(nearer, difference, values!);
            nearest = where(nearer, distance, nearest);
        }
        return new NearestLinearizedBoundary(
            normals!.MoveToOuterDisposeScope(), values!.MoveToOuterDisposeScope(), pass.Logits.alias().MoveToOuterDisposeScope());
    }

    /// <summary>The numbers of points and of pixels.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"nearest linearised boundaries of {Normals.shape[0]} points of {Normals.shape[1]} pixels");

    // A boundary without a slope is out of reach, unless the point lies on it.
    private static Tensor Distance(Tensor difference, Tensor slope)
    {
        Tensor gap = difference.abs(), flat = slope.IsEqualTo(0);
        return where(flat & gap.IsAbove(0), gap.FilledLike(double.PositiveInfinity), gap / slope.FilledWhere(flat, 1));
    }
}
