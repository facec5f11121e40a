using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Rules that images, labels, starts and models keep before they are attacked. Everything is looked at before the model is asked.</summary>
internal static class AttackInput
{
    // A start may lie as far outside of [0, 1] as a point before its projection; farther is a mistake of scale.
    private const double StartsWithin = 1;

    public static void ThrowIfInvalid(AttackContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(context.Model, nameof(context));
        context.Threat.ThrowIfInvalid();
        ThrowIfInvalid(context.Images, context.Labels, context.Examples.Count);
        ModelKind.Of(context.Model).ThrowIfOther(context.Images);
        if (context.GradientDraws < 1)
        {
            throw new ArgumentException($"{nameof(AttackContext.GradientDraws)} must be at least 1, got {context.GradientDraws}: "
                + "a gradient is the mean of as many passes.", nameof(context));
        }
        if (context.SteeringPrecision is { } precision)
            ThrowIfNotShortened(context, precision);
        if (context.Surrogate is { } surrogate)
            ModelKind.Of(surrogate).ThrowIfOther(context.Images, "the surrogate");
        if (context.Targets is { } targets)
            ThrowIfNotClasses(targets, context.Images, "targets");
        if (context.Start is { } start)
            ThrowIfNoStart(start, context.Images);
    }

    private static void ThrowIfNotShortened(AttackContext context, ScalarType precision)
    {
        if (precision == ScalarType.BFloat16 && context is { Model: Classifier, Images.dtype: ScalarType.Float32 })
            return;
        throw new ArgumentException($"{nameof(AttackContext.SteeringPrecision)} must be {ScalarType.BFloat16}, of a "
            + $"{nameof(Classifier)} that computes in float32, got {precision} of a {context.Model.GetType().Name} in {context.Images.dtype}. "
            + "Leave it out.", nameof(context));
    }

    public static void ThrowIfInvalid(Tensor images, Tensor labels, int examples)
    {
        ThrowIfGone(images, "images");
        if (images.dim() != 4 || images.numel() == 0)
            throw new ArgumentException($"images must be a tensor (N, C, H, W) with at least one image, got {Text(images)}. Add missing dimensions with unsqueeze.", nameof(images));
        if (!images.is_floating_point())
            throw new ArgumentException($"images must be floating point in [0, 1], got {Text(images)}. Divide 8-bit pixels by 255.", nameof(images));
        if (images.dtype is not (ScalarType.Float32 or ScalarType.Float64))
        {
            throw new ArgumentException($"images must be float32 or float64, got {Text(images)}: shorter numbers round pixels out of the ball. "
                + "Convert them with images.to(ScalarType.Float32), and the model with model.to(ScalarType.Float32).", nameof(images));
        }
        if (images.device_type == DeviceType.META || images.is_sparse)
            throw new ArgumentException($"images must hold their numbers, densely, got a {(images.is_sparse ? "sparse" : "meta")} tensor {Text(images)}.", nameof(images));
        ThrowIfNotClasses(labels, images, "labels");
        if (examples != images.shape[0])
            throw new ArgumentException($"there must be one example id for each image, got {examples} ids for {images.shape[0]} images.", nameof(examples));
        using DisposeScope scope = NewDisposeScope();
        // Written so that NaN counts as outside.
        if (!(images.IsAtLeast(0) & images.IsAtMost(1)).all().item<bool>())
            throw new ArgumentException($"pixels must lie in [0, 1], got values from {images.min().Number()} to {images.max().Number()}. "
                + "Divide 8-bit pixels by 255, and put normalisation inside the model.", nameof(images));
    }

    /// <summary>As <see cref="AttackContext.StartBy"/>.</summary>
    public static Tensor StartOf(IAttackStart rule, AttackContext context, RandomStream noise)
    {
        ArgumentNullException.ThrowIfNull(rule);
        Tensor start = rule.From(context, noise);
        ThrowIfOtherPixels(start, context.Images, $"the start from {rule.GetType().Name}");
        return start;
    }

    private static void ThrowIfNoStart(Tensor start, Tensor images)
    {
        ThrowIfOtherPixels(start, images, "the start");
        using DisposeScope scope = NewDisposeScope();
        (double low, double high) = (start.min().Number(), start.max().Number());
        if (low < -StartsWithin || high > 1 + StartsWithin)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"the start must lie in [0, 1], or at most {StartsWithin} outside, got values from {low:g6} to {high:g6}. Is it on the scale of the images? Divide 8-bit pixels by 255."), nameof(start));
        }
    }

    private static void ThrowIfOtherPixels(Tensor start, Tensor images, string name)
    {
        ThrowIfGone(start, name);
        if (!start.shape.SequenceEqual(images.shape) || start.dtype != images.dtype)
            throw new ArgumentException($"{name} must have the shape and dtype of the images, {Text(images)}, got {Text(start)}.", nameof(start));
        ThrowIfElsewhere(start, images, name);
        using DisposeScope scope = NewDisposeScope();
        Tensor finite = start.isfinite().flatten(1).all(1);
        if (!finite.all().item<bool>())
            throw new ArgumentException($"{name} must be finite, got NaN or infinity in {finite.logical_not().sum().WholeNumber()} of {start.shape[0]} images. Look at how it was made.", nameof(start));
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
        ThrowIfGone(classes, name);
        if (classes.dtype != ScalarType.Int64 || classes.dim() != 1 || classes.shape[0] != images.shape[0])
            throw new ArgumentException($"{name} must be int64 (N), one for each of the {images.shape[0]} images, got {Text(classes)}.", name);
        ThrowIfElsewhere(classes, images, name);
        using Tensor smallest = classes.min();
        if (smallest.item<long>() < 0)
            throw new ArgumentException($"{name} must be at least 0, got {smallest.item<long>()}.", name);
    }

    private static void ThrowIfGone(Tensor? tensor, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        if (tensor.IsInvalid)
            throw new ArgumentException($"{name} must be a tensor that is alive, got one that is disposed. Keep it until the attack has ended.", name);
    }

    private static void ThrowIfElsewhere(Tensor tensor, Tensor images, string name)
    {
        if (tensor.device_type != images.device_type || tensor.device_index != images.device_index)
            throw new ArgumentException($"{name} must be on the device of the images, {images.device}, got {tensor.device}. Move it with to(images.device).", name);
    }

    private static string Text(Tensor tensor) => $"({string.Join(", ", tensor.shape)}) {tensor.dtype}";
}
