using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Images and labels as two arrays of NumPy in a file: what their shapes must be, and the images made of them.</summary>
internal static class ArrayImages
{
    /// <summary>The shape (N, C, H, W) of the tensor for an array of images.</summary>
    /// <param name="where">The file and the array, for errors.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="shape">Its shape.</param>
    internal static long[] PixelShape(string where, ScalarType type, ReadOnlySpan<long> shape)
    {
        if (type != ScalarType.Byte)
            throw new InvalidDataException($"{where} must be uint8 in 0 .. 255, got {type}. Multiply by 255, round and convert it before it is saved.");
        long[] sides = shape is [var n, var h, var w] ? [n, 1, h, w] : shape is [var count, var height, var width, var channels] ? [count, channels, height, width] : [];
        bool fits = sides is [> 0, 1 or 3 or 4, > 0 and <= SpecLimits.LargestSide, > 0 and <= SpecLimits.LargestSide];
        return fits ? sides : throw new InvalidDataException(
            $"{where} must have shape (images, height, width, channels) with 1, 3 or 4 channels, or (images, height, width), sides of "
                + $"at most {SpecLimits.LargestSide}, got ({string.Join(", ", shape.ToArray())}). Transpose it before it is saved.");
    }

    /// <summary>Refuses labels that are not one whole number for each image.</summary>
    internal static void CheckLabels(string where, ScalarType type, ReadOnlySpan<long> shape, long images)
    {
        if (type is not (ScalarType.Int64 or ScalarType.Int32 or ScalarType.Int16 or ScalarType.Int8 or ScalarType.Byte))
            throw new InvalidDataException($"{where} must be whole numbers such as int64, got {type}.");
        if (shape is not [var count] || count != images)
            throw new InvalidDataException($"{where} must have shape (images), one for each of the {Quantity.Of(images, "image")}, got ({string.Join(", ", shape.ToArray())}).");
    }

    /// <summary>Takes the tensors over, or disposes them.</summary>
    internal static InMemoryImages Own(string path, Tensor pixels, Tensor labels, ValueList<string>? classNames)
    {
        using DisposeScope scope = NewDisposeScope();
        try
        {
            Tensor whole = labels.to(ScalarType.Int64, CPU, copy: true);
            Problem[] problems = [.. LabelledTensors.Problems(pixels, whole, classNames?.Count ?? SpecLimits.MostClasses)];
            if (problems.Length > 0)
                throw new InvalidDataException($"{path}: {string.Join(' ', problems.Select(problem => problem.ToString()))}");
            ValueList<string> names = classNames ?? LabelledTensors.DefaultNames(whole.max().WholeNumber() + 1);
            return new InMemoryImages(pixels, whole.DetachFromDisposeScope(), names);
        }
        catch
        {
            pixels.Dispose();
            throw;
        }
        finally
        {
            labels.Dispose();
        }
    }
}
