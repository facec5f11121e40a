namespace RobustWrn.Core;

/// <summary>
/// Folders in the layout of ImageNet and Tiny-ImageNet: <c>train/CLASS/...</c> with the images of each class at any depth,
/// and <c>val</c> likewise, or, as Tiny-ImageNet has it, <c>val/images/...</c> with <c>val/val_annotations.txt</c>.
/// Classes are numbered in the order of their folders' names. Networks are selected on images held out of <c>train</c>;
/// <c>val</c> is the test split, or the folder that <see cref="ImageFolderOptions.TestFolder"/> names.
/// </summary>
/// <remarks>
/// The decoder is given by the caller; the package RobustWrn.Images.SkiaSharp has one for JPEG, PNG and others. Hidden files and folders
/// are left out, and so are files that do not
/// end as images do. Links to images and to folders of classes elsewhere are followed; links into the data set itself or to folders inside
/// a class, empty files, pipes, and
/// classes without an image are refused.
/// </remarks>
public static class ImageFolder
{
    private const string Training = "train", Validation = "val", Test = "test", Annotations = "val_annotations.txt",
        AnnotatedImages = "images";

    /// <summary>Finds all images and holds validation images out of the training images. No image is decoded yet.</summary>
    /// <param name="folder">The folder of <c>train</c> and <c>val</c>.</param>
    /// <param name="decoder">Makes pixels of files, on several threads at once.</param>
    /// <param name="holdOut">How many training images become validation images. Default 1,000, as <see cref="Cifar10"/> has it.</param>
    /// <param name="seed">Decides which images are held out. Default 0.</param>
    /// <param name="options">What becomes of the images; null for the defaults, which fit Tiny-ImageNet.</param>
    /// <returns>The splits.</returns>
    /// <exception cref="InvalidDescriptionException">The options have problems, or the images do not suffice.</exception>
    /// <exception cref="DirectoryNotFoundException">A folder is missing.</exception>
    /// <exception cref="InvalidDataException">A class has no images or is not one of <c>train</c>, an entry is refused, or it is unclear
    /// which folder is the test split.</exception>
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
        FolderScan scan = new(folder, place);
        ValueList<string> classes = scan.Classes();
        return Images(place, ByClass(scan, classes), classes, decoder, options);
    }

    /// <summary>Finds the images of the test split alone; <c>train</c> is looked at for the classes.</summary>
    /// <inheritdoc cref="From" path="/param[@name='folder']"/>
    /// <inheritdoc cref="From" path="/param[@name='decoder']"/>
    /// <inheritdoc cref="From" path="/param[@name='options']"/>
    /// <inheritdoc cref="From" path="/exception"/>
    public static FolderImages ReadTest(string folder, ImageDecoder decoder, ImageFolderOptions? options = null)
    {
        ValueList<string> classes = new FolderScan(folder, Place(folder, Training)).Classes();
        string place = Place(folder, options?.TestFolder ?? TestFolder(folder, classes)), annotations = Path.Combine(place, Annotations);
        FolderScan scan = new(folder, place);
        return Images(place, File.Exists(annotations) ? ByAnnotation(scan, annotations, classes)
            : OfKnownClasses(scan, place, classes), classes, decoder, options);
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
            : throw new InvalidDataException(
                $"{place} must hold folders of classes with images ({FolderScan.KnownEndings}), but has none.");
    }

    private static string Place(string folder, string part)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string place = Path.Combine(folder, part);
        if (Directory.Exists(place))
            return place;
        string? alike = Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path))
            .FirstOrDefault(name => string.Equals(name, part, StringComparison.OrdinalIgnoreCase)) : null;
        throw new DirectoryNotFoundException(
            $"{folder} must hold the folders {Training} and {Validation} with a folder for each class, but lacks {Excerpt.Of(part)}."
            + (alike is null ? "" : $" It has {alike}: rename it."));
    }

    // A published test split is not labelled: test beside val holds no folders of classes, or it is for the caller to say which one counts.
    private static string TestFolder(string folder, ValueList<string> classes)
    {
        bool validation = Directory.Exists(Path.Combine(folder, Validation)), test = HasClasses(Path.Combine(folder, Test), classes);
        return validation && test
            ? throw new InvalidDataException(
                $"{folder} has {Validation} and {Test} with folders of classes, and only one can be the test split. "
                + $"Give ImageFolderOptions.TestFolder: \"{Test}\", or \"{Validation}\"; networks are selected on images held out of "
                    + $"{Training}.")
            : test ? Test : Validation;
    }

    private static bool HasClasses(string place, ValueList<string> classes) =>
        Directory.Exists(place) && classes.Any(name => Directory.Exists(Path.Combine(place, name)));

    private static IEnumerable<(string File, long Label)> OfKnownClasses(FolderScan scan, string place, ValueList<string> classes)
    {
        string[] unknown = [.. scan.Classes().Except(classes)];
        return unknown.Length == 0 ? ByClass(scan, classes) : throw new InvalidDataException(
            $"{place} must have classes of {Training}, but has {Excerpt.List(unknown, most: 5)}. Sort its images into the classes of "
                + $"{Training}.");
    }

    private static IEnumerable<(string File, long Label)> ByClass(FolderScan scan, ValueList<string> classes) =>
        classes.SelectMany((name, label) => scan.Images(name).Select(file => (file, (long)label)));

    // A line: the file, its class and a box, with tabs between.
    private static IEnumerable<(string File, long Label)> ByAnnotation(FolderScan scan, string annotations, ValueList<string> classes)
    {
        Dictionary<string, long> labels = classes.Select((name, label) => KeyValuePair.Create(name, (long)label)).ToDictionary();
        HashSet<string> files = new(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in RegularFile.ReadLines(annotations))
        {
            number++;
            if (line.Length == 0)
                continue;
            if (!(line.Split('\t') is [var file, var name, ..] && labels.TryGetValue(name, out long label)
                && file == Path.GetFileName(file) && file is not ("" or "." or "..")))
                throw new InvalidDataException(
                    $"{annotations}, line {number} must be a file name, a tab and a class of {Training}, got \"{Excerpt.Of(line)}\".");
            if (!files.Add(file))
                throw new InvalidDataException(
                    $"{annotations}, line {number} names {Excerpt.Of(file)} again: an image has one class. Remove one of the lines.");
            yield return (scan.Image(Path.Combine(AnnotatedImages, file)), label);
        }
    }
}
