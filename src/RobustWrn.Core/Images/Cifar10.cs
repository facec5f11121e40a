namespace RobustWrn.Core;

/// <summary>
/// CIFAR-10 (Krizhevsky 2009, "Learning multiple layers of features from tiny images"): 50,000 training and 10,000 test images,
/// 32x32 RGB, 10 classes, in the official binary layout: data_batch_1.bin .. data_batch_5.bin and test_batch.bin, a record being 1 label
/// byte and 3,072 pixel bytes.
/// </summary>
public static class Cifar10
{
    internal static CifarLayout Layout { get; } = new()
    {
        Name = "CIFAR-10",
        Reader = nameof(Cifar10),
        Address = new Uri("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
        Md5 = "c32a1d4ab5d03f1284b67883e8d87530",
        Subfolder = "cifar-10-batches-bin",
        TrainingFiles = ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"],
        TestFile = "test_batch.bin",
        LabelBytes = [new LabelByte("label", 10)],
        ClassNames = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
    };

    /// <summary>The ten classes, by label.</summary>
    public static ValueList<string> ClassNames => Layout.ClassNames;

    /// <summary>Reads all images and holds validation images out of the training images.</summary>
    /// <param name="folder">The folder of the .bin files, or the one that holds the archive's folder cifar-10-batches-bin.</param>
    /// <param name="holdOut">
    /// How many training images become validation images. Default 1,000, as in Rice et al. 2020 (arXiv 2002.11569, section 4).
    /// </param>
    /// <param name="seed">Decides which images are held out. Default 0.</param>
    /// <returns>The splits. The caller disposes them.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Files are missing; the message names all of them and says where to get them.</exception>
    /// <exception cref="InvalidDataException">A file is truncated, oversized or holds a label out of range.</exception>
    public static DatasetSplits From(string folder, int holdOut = 1_000, Seed? seed = null) => CifarFolder.Splits(Layout, folder, holdOut, seed);

    /// <summary>Reads the training images alone.</summary>
    /// <inheritdoc cref="From" path="/param[@name='folder']"/>
    /// <inheritdoc cref="From" path="/exception"/>
    /// <returns>The images. The caller disposes them.</returns>
    public static InMemoryImages ReadTraining(string folder) => CifarFolder.Read(Layout, folder, Layout.TrainingFiles);

    /// <summary>
    /// Reads the test images alone; test_batch.bin may hold any number of records, and the training files may be missing.
    /// </summary>
    /// <inheritdoc cref="From" path="/param[@name='folder']"/>
    /// <inheritdoc cref="From" path="/exception"/>
    /// <returns>The images. The caller disposes them.</returns>
    public static InMemoryImages ReadTest(string folder) => CifarFolder.Read(Layout, folder, [Layout.TestFile]);

    /// <summary>
    /// Downloads the official archive (163 MiB, checked by its MD5) and unpacks it; does nothing when the files are there.
    /// A broken download goes on where it ended.
    /// </summary>
    /// <param name="folder">Where to; made if it does not exist. An archive put there by hand is taken instead of the network.</param>
    /// <param name="options">Another address, checksum or client; null takes the defaults.</param>
    /// <param name="progress">Told after each part that arrives.</param>
    /// <param name="cancellationToken">Stops; what arrived is kept.</param>
    /// <returns>The folder of the .bin files, ready for <see cref="From"/>.</returns>
    /// <exception cref="IOException">No connection, or the server refuses; the message says how to do without.</exception>
    /// <exception cref="InvalidDataException">The archive has another checksum or content.</exception>
    public static Task<string> DownloadAsync(
        string folder, DownloadOptions? options = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        CifarArchive.EnsureAsync(Layout, folder, options, progress, cancellationToken);
}
