namespace RobustWrn.Core;

/// <summary>
/// Folders in the layout of ImageNet and Tiny-ImageNet: <c>train/CLASS/...</c> with the images of each class at any depth, and <c>val</c> likewise, or, as Tiny-ImageNet has
/// it, <c>val/images/...</c> with <c>val/val_annotations.txt</c>. Classes are numbered in the order of their folders' names. Networks are selected on images held out of
/// <c>train</c>; <c>val</c>, the only other labelled part, is the test split.
/// </summary>
/// <remarks>The decoder is given by the caller; the package RobustWrn.Images.SkiaSharp has one for JPEG, PNG and others.</remarks>
public static class ImageFolder
{
    private const string Training = "train", Test = "val", Annotations = "val_annotations.txt", AnnotatedImages = "images";
    private static readonly string[] Endings = [".jpeg", ".jpg", ".png", ".bmp", ".webp"];

    /// <summary>Finds all images and holds validation images out of the training images. No image is decoded yet.</summary>
    /// <param name="folder">The folder of <c>train</c> and <c>val</c>.</param>
    /// <param name="decoder">Makes pixels of files, on several threads at once.</param>
    /// <param name="holdOut">How many training images become validation images. Default 1,000, as <see cref="Cifar10"/> has it.</param>
    /// <param name="seed">Decides which images are held out. Default 0.</param>
    /// <param name="options">What becomes of the images; null for the defaults, which fit Tiny-ImageNet.</param>
    /// <returns>The splits.</returns>
    /// <exception cref="InvalidDescriptionException">The options have problems, or the images do not suffice.</exception>
    /// <exception cref="DirectoryNotFoundException">A folder is missing.</exception>
    /// <exception cref="InvalidDataException">There are no images, or classes that <c>train</c> has not.</exception>
    public static DatasetSplits From(string folder, ImageDecoder decoder, int holdOut = 1_000, Seed? seed = null, ImageFolderOptions? options = null) =>
        DatasetSplits.From(ReadTraining(folder, decoder, options), ReadTest(folder, decoder, options), holdOut, seed);

    /// <summary>Finds the training images alone.</summary>
    /// <inheritdoc cref="From" path="/param[@name='folder']"/>
    /// <inheritdoc cref="From" path="/param[@name='decoder']"/>
    /// <inheritdoc cref="From" path="/param[@name='options']"/>
    /// <inheritdoc cref="From" path="/exception"/>
    public static FolderImages ReadTraining(string folder, ImageDecoder decoder, ImageFolderOptions? options = null)
    {
        string place = Place(folder, Training);
        ValueList<string> classes = Classes(place);
        return Images(place, ByClass(place, classes), classes, decoder, options);
    }

    /// <summary>Finds the images of <c>val</c> alone; <c>train</c> is looked at for the classes.</summary>
    /// <inheritdoc cref="From" path="/param[@name='folder']"/>
    /// <inheritdoc cref="From" path="/param[@name='decoder']"/>
    /// <inheritdoc cref="From" path="/param[@name='options']"/>
    /// <inheritdoc cref="From" path="/exception"/>
    public static FolderImages ReadTest(string folder, ImageDecoder decoder, ImageFolderOptions? options = null)
    {
        ValueList<string> classes = Classes(Place(folder, Training));
        string place = Place(folder, Test), annotations = Path.Combine(place, Annotations);
        return Images(place, File.Exists(annotations) ? ByAnnotation(annotations, classes) : ByClass(place, classes), classes, decoder, options);
    }

    private static FolderImages Images(
        string place, IEnumerable<(string File, long Label)> found, ValueList<string> classes, ImageDecoder decoder, ImageFolderOptions? options)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        options ??= new ImageFolderOptions();
        options.ThrowIfInvalid();
        (string File, long Label)[] all = [.. found];
        return all.Length > 0
            ? new FolderImages(place, Array.ConvertAll(all, image => image.File), Array.ConvertAll(all, image => image.Label), classes, decoder, options)
            : throw new InvalidDataException($"{place} must hold images ({string.Join(", ", Endings)}), but has none.");
    }

    private static string Place(string folder, string part)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string place = Path.Combine(folder, part);
        return Directory.Exists(place) ? place : throw new DirectoryNotFoundException(
            $"{folder} must hold the folders {Training} and {Test} with a folder for each class, but lacks {part}.");
    }

    private static ValueList<string> Classes(string place) =>
        Directory.GetDirectories(place).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToValueList();

    private static IEnumerable<(string File, long Label)> ByClass(string place, ValueList<string> classes)
    {
        string[] unknown = [.. Classes(place).Except(classes)];
        if (unknown.Length > 0)
            throw new InvalidDataException($"{place} must have classes of {Training}, but has {string.Join(", ", unknown.Take(5))}. Sort its images into the classes of {Training}.");
        return classes.SelectMany((name, label) => Directory.Exists(Path.Combine(place, name))
            ? Directory.EnumerateFiles(Path.Combine(place, name), "*", SearchOption.AllDirectories)
                .Where(IsImage).Select(path => Path.GetRelativePath(place, path)).Order(StringComparer.Ordinal).Select(file => (file, (long)label))
            : []);
    }

    // A line: the file, its class and a box, with tabs between.
    private static IEnumerable<(string File, long Label)> ByAnnotation(string annotations, ValueList<string> classes)
    {
        Dictionary<string, long> labels = classes.Select((name, label) => KeyValuePair.Create(name, (long)label)).ToDictionary();
        return File.ReadLines(annotations).Where(line => line.Length > 0).Select((line, i) =>
            line.Split('\t') is [var file, var name, ..] && labels.TryGetValue(name, out long label) && file == Path.GetFileName(file)
                ? (Path.Combine(AnnotatedImages, file), label)
                : throw new InvalidDataException($"{annotations}, line {i + 1} must be a file name, a tab and a class of {Training}, got \"{line}\"."));
    }

    private static bool IsImage(string path) => Array.Exists(Endings, ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
