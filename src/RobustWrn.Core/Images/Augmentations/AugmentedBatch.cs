using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>What every augmentation asks of its batch.</summary>
internal static class AugmentedBatch
{
    internal static void Check(Tensor images, ReadOnlySpan<long> examples)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dim() != 4)
            throw new ArgumentException($"images must have shape (N, C, H, W), got ({string.Join(", ", images.shape)}).", nameof(images));
        if (images.shape[0] != examples.Length)
            throw new ArgumentException($"there must be one example id for each of the {Quantity.Of(images.shape[0], "image")}, got {examples.Length}.", nameof(examples));
    }

    internal static void Check(Tensor images, Tensor labels, ReadOnlySpan<long> examples)
    {
        Check(images, examples);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.dtype != ScalarType.Int64 || labels.dim() != 1 || labels.shape[0] != examples.Length)
            throw new ArgumentException(
                $"labels must be int64 of shape (N), one for each of the {Quantity.Of(examples.Length, "image")}, got {labels.dtype} ({string.Join(", ", labels.shape)}).", nameof(labels));
    }
}
