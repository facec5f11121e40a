namespace RobustWrn.Core;

/// <summary>
/// MNIST (LeCun et al. 1998, "Gradient-based learning applied to document recognition"): 60,000 training and 10,000 test images of
/// handwritten digits, 28x28 grey, in its own files: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
/// t10k-labels-idx1-ubyte.
/// </summary>
public static class Mnist
{
    private static readonly IdxFolder Files = new(
        "MNIST", "http://yann.lecun.com/exdb/mnist/",
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);

    /// <summary>The ten classes, by label.</summary>
    public static ValueList<string> ClassNames => Files.ClassNames;

    /// <summary>Reads all images and holds validation images out of the training images.</summary>
    /// <param name="folder">The folder of the four files, plain or packed by gzip.</param>
    /// <param name="holdOut">How many training images become validation images. Default 1,000, as <see cref="Cifar10"/> has it.</param>
    /// <param name="seed">Decides which images are held out. Default 0.</param>
    /// <returns>The splits. The caller disposes them.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Files are missing; the message names them.</exception>
    /// <exception cref="InvalidDataException">A file is truncated, oversized, of another kind, or holds a label out of range.</exception>
    public static DatasetSplits From(string folder, int holdOut = 1_000, Seed? seed = null) => Files.Splits(folder, holdOut, seed);

    /// <summary>Reads the training images alone.</summary>
    /// <inheritdoc cref="From" path="/param[@name='folder']"/>
    /// <inheritdoc cref="From" path="/exception"/>
    /// <returns>The images. The caller disposes them.</returns>
    public static InMemoryImages ReadTraining(string folder) => Files.ReadTraining(folder);

    /// <summary>Reads the test images alone; the training files may be missing.</summary>
    /// <inheritdoc cref="From" path="/param[@name='folder']"/>
    /// <inheritdoc cref="From" path="/exception"/>
    /// <returns>The images. The caller disposes them.</returns>
    public static InMemoryImages ReadTest(string folder) => Files.ReadTest(folder);
}
