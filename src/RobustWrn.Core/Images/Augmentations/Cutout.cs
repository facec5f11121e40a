using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Covers one square of each image (DeVries and Taylor 2017, arXiv 1708.04552). Its centre is any pixel with equal probability,
/// so part of it may lie outside.
/// </summary>
public sealed record Cutout : IAugmentation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "cutout";

    /// <summary>
    /// The side of the square, in pixels. Default 16, for CIFAR-10; DeVries and Taylor take 8 for CIFAR-100 and 20 for SVHN.
    /// </summary>
    public int Side { get; init; } = 16;

    /// <summary>
    /// What covers it, in pixel units of [0, 1]. Default 0.5: the authors cover normalised images with 0, their mean, which is near 0.47
    /// for CIFAR-10.
    /// </summary>
    public double Fill { get; init; } = 0.5;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Side, most: SpecLimits.LargestSide), .. Rule.InClosed(Fill, 0, 1)];

    /// <inheritdoc/>
    public Tensor Apply(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        this.ThrowIfInvalid();
        AugmentedBatch.Check(images, examples);
        using DisposeScope scope = NewDisposeScope();
        (long height, long width) = (images.shape[2], images.shape[3]);
        RandomStream stream = noise.For(TypeName);
        ImageBoxes boxes = new(examples.Length);
        for (int i = 0; i < examples.Length; i++)
        {
            RandomSequence draws = stream.Sequence(examples[i]);
            (long top, long left) = (draws.NextInt(height) - Side / 2, draws.NextInt(width) - Side / 2);
            boxes.Set(i, top, top + Side, left, left + Side);
        }
        return images.FilledWhere(boxes.Mask(height, width, images.device), PixelArithmetic.ValueFor(images, Fill)).MoveToOuterDisposeScope();
    }
}
