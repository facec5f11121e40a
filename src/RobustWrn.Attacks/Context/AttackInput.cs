using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Rules that images and labels keep before they are attacked.</summary>
internal static class AttackInput
{
    public static void ThrowIfInvalid(AttackContext context)
    {
        context.Threat.ThrowIfInvalid();
        ThrowIfInvalid(context.Images, context.Labels, context.Examples.Count);
        if (context.Targets is { } targets)
            ThrowIfNotClasses(targets, context.Images, "targets");
        if (context.Start is { } start && (!start.shape.SequenceEqual(context.Images.shape) || start.dtype != context.Images.dtype))
            throw new ArgumentException($"the start must have the shape and dtype of the images, {Text(context.Images)}, got {Text(start)}.", nameof(context));
    }

    public static void ThrowIfInvalid(Tensor images, Tensor labels, int examples)
    {
        if (images.dim() != 4 || images.numel() == 0)
            throw new ArgumentException($"images must be a tensor (N, C, H, W) with at least one image, got {Text(images)}. Add missing dimensions with unsqueeze.", nameof(images));
        if (!images.is_floating_point())
            throw new ArgumentException($"images must be floating point in [0, 1], got {Text(images)}. Divide 8-bit pixels by 255.", nameof(images));
        ThrowIfNotClasses(labels, images, "labels");
        if (examples != images.shape[0])
            throw new ArgumentException($"there must be one example id for each image, got {examples} ids for {images.shape[0]} images.", nameof(examples));
        using DisposeScope scope = NewDisposeScope();
        // Written so that NaN counts as outside.
        if (!(images.IsAtLeast(0) & images.IsAtMost(1)).all().item<bool>())
            throw new ArgumentException($"pixels must lie in [0, 1], got values from {images.min().Number()} to {images.max().Number()}. "
                + "Divide 8-bit pixels by 255, and put normalisation inside the model.", nameof(images));
    }

    /// <summary>Refuses labels or targets that the model has no logit for.</summary>
    public static void ThrowIfOutside(Tensor classes, Tensor logits, string name = "labels")
    {
        if (logits.dim() != 2 || logits.shape[0] != classes.shape[0])
            throw new ArgumentException($"the model must return logits (N, classes) for N = {classes.shape[0]} images, got {Text(logits)}.");
        long largest = classes.max().WholeNumber();
        if (largest >= logits.shape[1])
            throw new ArgumentException($"{name} must lie in [0, {logits.shape[1]}), as many as the model has logits, got {largest}.", name);
    }

    private static void ThrowIfNotClasses(Tensor classes, Tensor images, string name)
    {
        if (classes.dtype != ScalarType.Int64 || classes.dim() != 1 || classes.shape[0] != images.shape[0])
            throw new ArgumentException($"{name} must be int64 (N), one for each of the {images.shape[0]} images, got {Text(classes)}.", name);
        using Tensor smallest = classes.min();
        if (smallest.item<long>() < 0)
            throw new ArgumentException($"{name} must be at least 0, got {smallest.item<long>()}.", name);
    }

    private static string Text(Tensor tensor) => $"({string.Join(", ", tensor.shape)}) {tensor.dtype}";
}
