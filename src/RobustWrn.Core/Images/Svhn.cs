namespace RobustWrn.Core;

/// <summary>
/// The cropped digits of SVHN (Netzer et al. 2011, "Reading digits in natural images with unsupervised feature learning"):
/// 73,257 training, 26,032 test and 531,131 easier extra images of house numbers, 32x32 RGB. They are published as MATLAB files;
/// <c>docs/data/convert_svhn.py</c> makes of those what is read here: <c>train.npz</c>, <c>test.npz</c> and, if it is there,
/// <c>extra.npz</c>, each with the arrays <c>image</c> and <c>label</c>, the label being the digit.
/// </summary>
public static class Svhn
{
    private const string Training = "train.npz", Test = "test.npz", Extra = "extra.npz";

    /// <summary>The ten digits, by label.</summary>
    public static ValueList<string> ClassNames { get; } = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>Reads the training and test images and holds validation images out of the training images.</summary>
    /// <param name="folder">The folder of the converted files.</param>
    /// <param name="holdOut">How many training images become validation images. Default 1,000, as <see cref="Cifar10"/> has it.</param>
    /// <param name="seed">Decides which images are held out. Default 0.</param>
    /// <returns>The splits. The caller disposes them.</returns>
    /// <exception cref="FileNotFoundException">A file is missing; the message says how to make it.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or its arrays are not as described.</exception>
    public static DatasetSplits From(string folder, int holdOut = 1_000, Seed? seed = null)
    {
        string test = Find(folder, Test);
        InMemoryImages train = ReadTraining(folder);
        try
        {
            return DatasetSplits.Owning(train, NpzImages.Read(test, ClassNames), holdOut, seed);
        }
        catch
        {
            train.Dispose();
            throw;
        }
    }

    /// <summary>Reads the training images alone.</summary>
    /// <inheritdoc cref="From" path="/param[@name='folder']"/>
    /// <inheritdoc cref="From" path="/exception"/>
    /// <returns>The images. The caller disposes them.</returns>
    public static InMemoryImages ReadTraining(string folder) => NpzImages.Read(Find(folder, Training), ClassNames);

    /// <summary>Reads the test images alone.</summary>
    /// <inheritdoc cref="From" path="/param[@name='folder']"/>
    /// <inheritdoc cref="From" path="/exception"/>
    /// <returns>The images. The caller disposes them.</returns>
    public static InMemoryImages ReadTest(string folder) => NpzImages.Read(Find(folder, Test), ClassNames);

    /// <summary>Reads the extra images, for <see cref="DatasetSplits.WithExtra"/>.</summary>
    /// <inheritdoc cref="From" path="/param[@name='folder']"/>
    /// <inheritdoc cref="From" path="/exception"/>
    /// <returns>The images. The caller disposes them.</returns>
    public static InMemoryImages ReadExtra(string folder) => NpzImages.Read(Find(folder, Extra), ClassNames);

    private static string Find(string folder, string file)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string path = Path.Combine(folder, file);
        return File.Exists(path) ? path : throw new FileNotFoundException(
            $"{folder} must hold {file}, but there is no such file. Fetch the .mat files of format 2 at http://ufldl.stanford.edu/housenumbers and run docs/data/convert_svhn.py.", path);
    }
}
