namespace RobustWrn.Core;

/// <summary>
/// Fashion-MNIST (Xiao et al. 2017, arXiv 1708.07747): 60,000 training and 10,000 test images of clothes, 28x28 grey, in files of the
/// names and form of <see cref="Mnist"/>.
/// </summary>
public static class FashionMnist
{
    private static readonly IdxFolder Files = new(
        "Fashion-MNIST", "https://github.com/zalandoresearch/fashion-mnist",
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]);

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
