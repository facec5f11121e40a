using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>Images of a batch that go through the network together. Its tensors belong to the step's dispose scope.</summary>
/// <param name="images">(N, C, H, W), augmented, in the network's dtype.</param>
/// <param name="labels">Int64 (N).</param>
/// <param name="examples">The ids of the N examples.</param>
/// <param name="share">Their share of the batch, in (0, 1].</param>
internal sealed class MicroBatch(Tensor images, Tensor labels, long[] examples, double share)
{
    public Tensor Images { get; } = images;

    public Tensor Labels { get; } = labels;

    public long[] Examples { get; } = examples;

    public double Share { get; } = share;

    /// <summary>The mixed labels, where images were mixed; null where none were.</summary>
    public MixedLabels? Mixed { get; init; }

    /// <summary>The images of the inner attack, once it has run.</summary>
    public Tensor? Adversarial { get; set; }

    /// <summary>The numbers that the objective told when it found them, which an evaluation on given images may not tell again.</summary>
    public LossPart[] Told { get; set; } = [];

    /// <summary>
    /// The cut of a batch: parts of the given size and a smaller last one, which is never a single image, because batch norm learns
    /// nothing from one.
    /// </summary>
    public static IEnumerable<(int From, int Count)> Sizes(int images, int? size)
    {
        int from = 0;
        while (from < images)
        {
            int left = images - from, count = Math.Min(size ?? images, left);
            if (left - count == 1)
                count = left;
            yield return (from, count);
            from += count;
        }
    }
}
