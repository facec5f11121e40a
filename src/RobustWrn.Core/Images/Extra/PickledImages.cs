using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Images in a pickled dictionary of NumPy's arrays, the form of the 500,000 pseudo-labelled images of Carmon et al.
/// 2019 (arXiv 1905.13736), <c>ti_500K_pseudo_labeled.pickle</c>: <c>data</c>, uint8 (N, H, W, C), and <c>extrapolated_targets</c>,
/// whole numbers (N).
/// </summary>
/// <remarks>
/// Pickles are programs; here nothing is looked up, called or constructed. The pixels go from the file into the tensor part by part,
/// never through one buffer.
/// </remarks>
public static class PickledImages
{
    // Any longer ones lie in an array.
    private const long LeftInFile = 1 << 12;

    /// <summary>Reads all images.</summary>
    /// <param name="path">The pickle, protocols 0 to 5.</param>
    /// <param name="classNames">
    /// Names of the classes; null names them "0", "1", ... up to the largest label. Extra images need those of the data set they are
    /// mixed with.
    /// </param>
    /// <param name="images">The key of the array of images. Default <c>data</c> (Carmon et al. 2019).</param>
    /// <param name="labels">The key of the array of labels. Default <c>extrapolated_targets</c> (Carmon et al. 2019).</param>
    /// <returns>The images. The caller disposes them.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or hostile, or its arrays are not as described.</exception>
    public static InMemoryImages Read(string path, ValueList<string>? classNames = null, string images = "data", string labels = "extrapolated_targets")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        TorchRuntime.EnsureLoaded();
        try
        {
            using PositionedFile file = new(path);
            object? root = new Unpickler(new PickleSource(file, 0, file.Length), LeftInFile).Load();
            if (!PickleDictionaries.Is(root))
                throw new InvalidDataException($"{path} must hold a pickled dictionary with {images} and {labels}.");
            OrderedDictionary<string, object?> entries = PickleDictionaries.Named(root, file.Gate);
            (NumPyDescription pixels, string pixelsAt) = Array(path, entries, images);
            (NumPyDescription classes, string classesAt) = Array(path, entries, labels);
            long[] shape = ArrayImages.PixelShape(pixelsAt, pixels.Type, pixels.Shape.AsSpan());
            ArrayImages.CheckLabels(classesAt, classes.Type, classes.Shape.AsSpan(), shape[0]);
            Tensor tensor = Filled(file, pixels, pixelsAt, shape, interleaved: true);
            try
            {
                return ArrayImages.Own(path, tensor, Filled(file, classes, classesAt, [shape[0]], interleaved: false), classNames);
            }
            catch
            {
                tensor.Dispose();
                throw;
            }
        }
        catch (WeightsFileException e)
        {
            throw new InvalidDataException(e.Message.StartsWith(path, StringComparison.Ordinal) ? e.Message : $"{path}: {e.Message}", e);
        }
    }

    private static (NumPyDescription Array, string Where) Array(string path, OrderedDictionary<string, object?> entries, string name)
    {
        if (!entries.TryGetValue(name, out object? value))
            throw new InvalidDataException(
                $"{path} must hold the array {Excerpt.Of(name)}, but holds {Excerpt.List([.. entries.Keys])}. Give the key of the array.");
        string where = $"{path}: {name}";
        NumPyDescription array = value is PickleCall call && NumPyValues.Describe(call) is { } described
            ? described
            : throw new InvalidDataException($"{where} must be an array of NumPy of numbers.");
        return array.Reversed ? throw new InvalidDataException($"{where} is in Fortran order. Save numpy.ascontiguousarray of it.") : (array, where);
    }

    private static Tensor Filled(PositionedFile file, NumPyDescription array, string where, long[] shape, bool interleaved)
    {
        PickleRange? range = array.Data as PickleRange;
        byte[]? content = range is null ? NumPyValues.Content(file, array.Data) : null;
        long available = range?.Count ?? content?.Length ?? throw new InvalidDataException($"{where} is an array without bytes: it is damaged.");
        Int128 needed = shape.Aggregate((Int128)ElementTypes.Size(array.Type), (product, side) => product * side);
        if (needed != available)
            throw new InvalidDataException($"{where} must have {needed} bytes for its shape ({string.Join(", ", array.Shape)}), got {available}: it is damaged.");
        file.Gate.Admit(available, where);
        Tensor tensor = empty(shape, array.Type).DetachFromDisposeScope();
        long at = 0;
        void Next(Span<byte> buffer)
        {
            if (range is not null)
                file.Read(range.Position + at, buffer);
            else
                content.AsSpan((int)at, buffer.Length).CopyTo(buffer);
            at += buffer.Length;
        }
        try
        {
            if (interleaved)
                InterleavedPixels.Fill(tensor, Next);
            else
                TensorMemory.ForEachChunk(tensor, Next);
            if (array.BigEndian == BitConverter.IsLittleEndian)
                ByteOrder.Swap(tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }
}
