using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>How far logits of the same images differ from pass to pass.</summary>
internal static class RepeatedLogits
{
    /// <summary>For each image the largest difference between its logits, normalised to Euclidean length 1, of the first pass and of later ones.</summary>
    public static double[] Differences(AttackedModel model, Tensor images, int passes, CancellationToken cancellationToken)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor first = Normalized(model.Logits(images)), largest = zeros_like(first).sum(1);
        for (int pass = 1; pass < passes; pass++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            largest = maximum(largest, Distances(first, Normalized(model.Logits(images))));
        }
        return Numbers(largest);
    }

    /// <summary>For each image the difference between its logits among all and among half of the images.</summary>
    public static double[] AmongFewer(AttackedModel model, Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        long half = images.shape[0] / 2;
        Tensor together = Normalized(model.Logits(images));
        Tensor apart = Normalized(cat([model.Logits(images.narrow(0, 0, half)), model.Logits(images.narrow(0, half, images.shape[0] - half))]));
        return Numbers(Distances(together, apart));
    }

    private static Tensor Normalized(Tensor logits) => logits.EuclideanDirections();

    private static Tensor Distances(Tensor one, Tensor other) => (one - other).norm(1, keepdim: false, p: 2);

    private static double[] Numbers(Tensor tensor) => tensor.to(ScalarType.Float64).cpu().data<double>().ToArray();
}
