using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>What a model must answer: logits of at least two classes for each image, in the images' dtype and on their device.</summary>
internal static class ModelAnswer
{
    /// <summary>Refuses an answer that no attack can work with.</summary>
    /// <param name="logits">The answer.</param>
    /// <param name="images">What was asked about.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="classes">How many classes it has by earlier answers; 0 before the first.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static void ThrowIfNoLogits(Tensor? logits, Tensor images, string model, ref long classes)
    {
        if (logits is null || logits.IsInvalid)
            throw new ArgumentException($"the model must return logits, but {model} returned {(logits is null ? "null" : "a tensor that is disposed already")}. Return a tensor that the caller owns.");
        long[] shape = logits.shape;
        long count = images.size(0);
        if (shape.Length != 2 || shape[0] != count)
            throw new ArgumentException($"the model must return logits (N, classes) for N = {Quantity.Of(count, "image")}, got {Text(logits)} from {model}. {Remedy(logits)}");
        if (shape[1] < 2)
        {
            throw new ArgumentException($"the model must return logits of at least two classes, got {Text(logits)} from {model}: the largest of one is always the same, so that nothing could fool it. "
                + "Give a binary model two logits, cat([-z, z], 1).");
        }
        if (classes != 0 && shape[1] != classes)
            throw new ArgumentException($"the model must return logits of as many classes each time, {classes} before, got {Text(logits)} from {model}.");
        classes = shape[1];
        if (logits.dtype != images.dtype)
            throw new ArgumentException($"the model must return logits in the dtype of the images, {images.dtype}, got {Text(logits)} from {model}. End its forward with .to(ScalarType.{images.dtype}).");
        if (logits.device_type != images.device_type || logits.device_index != images.device_index)
            throw new ArgumentException($"the model must return logits on the device of the images, {images.device}, got them on {logits.device} from {model}. End its forward with .to(input.device).");
    }

    private static string Remedy(Tensor logits) => logits.dim() switch
    {
        1 => "Give a binary model two logits, stack([-z, z], 1).",
        > 2 => "Pool what is left of rows and columns: logits.mean([2, 3]).",
        _ => "It must answer for each image, and for nothing else.",
    };

    private static string Text(Tensor tensor) => $"({string.Join(", ", tensor.shape)}) {tensor.dtype}";
}
