using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Checks tensors that users give as images and labels, and brings them into the form they are kept in.</summary>
internal static class LabelledTensors
{
    internal static IEnumerable<Problem> Problems(Tensor images, Tensor labels, int? classes, string imagesName = "images", string labelsName = "labels") =>
        [.. ImageProblems(images, imagesName), .. LabelProblems(labels, images, classes, labelsName)];

    internal static ValueList<string> DefaultNames(long classes) =>
        Enumerable.Range(0, checked((int)classes)).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToValueList();

    /// <summary>A contiguous copy on the CPU: uint8 where that loses nothing, else float32.</summary>
    internal static Tensor Compact(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        if (images.dtype == ScalarType.Byte)
            return images.detach().to(ScalarType.Byte, CPU, copy: true).contiguous().MoveToOuterDisposeScope();
        Tensor pixels = images.detach().to(ScalarType.Float32, CPU, copy: true).contiguous();
        Tensor bytes = empty(pixels.shape, ScalarType.Byte);
        long perChunk = TensorMemory.RowsPerChunk(pixels);
        for (long at = 0; at < pixels.shape[0]; at += perChunk)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor chunk = pixels.narrow(0, at, Math.Min(perChunk, pixels.shape[0] - at));
            Tensor rounded = chunk.Times(255.0).round();
            if (!rounded.Over(255).eq(chunk).all().item<bool>())
                return pixels.MoveToOuterDisposeScope();
            bytes.narrow(0, at, chunk.shape[0]).copy_(rounded.to(ScalarType.Byte));
        }
        return bytes.MoveToOuterDisposeScope();
    }

    private static IEnumerable<Problem> ImageProblems(Tensor images, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        if (images.dim() != 4 || images.numel() == 0)
            return [new Problem(name, $"must have shape (images, channels, height, width), none of them 0, got {Shape(images)}.{(images.dim() == 3 ? " Greyscale images get their channel by unsqueeze(1)." : "")}")];
        if (images.dtype == ScalarType.Byte)
            return [];
        if (images.dtype is not (ScalarType.Float32 or ScalarType.Float64))
            return [new Problem(name, $"must be uint8 in 0 .. 255, or float32 or float64 in [0, 1], got {images.dtype}.")];
        if (!images.isfinite().all().item<bool>())
            return [new Problem(name, "must be finite, got NaN or infinity.")];
        (double low, double high) = (images.min().to(ScalarType.Float64).item<double>(), images.max().to(ScalarType.Float64).item<double>());
        return low >= 0 && high <= 1 ? [] : [new Problem(name, string.Create(CultureInfo.InvariantCulture,
            $"pixels must be in [0, 1], got {low:G6} to {high:G6}. Divide by 255 if they go up to 255, and leave normalisation to the network's Normalization."))];
    }

    private static IEnumerable<Problem> LabelProblems(Tensor labels, Tensor images, int? classes, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        if (labels.dtype is not (ScalarType.Int64 or ScalarType.Int32 or ScalarType.Int16 or ScalarType.Int8 or ScalarType.Byte))
            return [new Problem(name, $"must be whole numbers such as int64, got {labels.dtype}.")];
        if (labels.dim() != 1 || (images.dim() > 0 && labels.shape[0] != images.shape[0]))
            return [new Problem(name, $"must have shape (images), one for each of the {Quantity.Of(images.dim() > 0 ? images.shape[0] : 0, "image")}, got {Shape(labels)}.")];
        if (labels.numel() == 0)
            return [];
        Tensor whole = labels.to(ScalarType.Int64);
        Tensor outside = classes is { } bound ? whole.IsBelow(0).logical_or(whole.IsAtLeast(bound)) : whole.IsBelow(0);
        if (!outside.any().item<bool>())
            return [];
        long at = outside.to(ScalarType.Int64).argmax().item<long>();
        string range = classes is { } count ? $"in [0, {count}), the number of classes," : "at least 0,";
        return [new Problem(name, $"must be {range} got {whole[at].item<long>()} for image {at}.")];
    }

    private static string Shape(Tensor tensor) => $"({string.Join(", ", tensor.shape)})";
}
