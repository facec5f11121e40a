namespace RobustWrn.Core;

/// <summary>
/// CIFAR-100 (Krizhevsky 2009): 50,000 training and 10,000 test images, 32x32 RGB, 100 classes, in the official binary layout:
/// train.bin and test.bin, a record being 1 byte for the superclass, 1 byte for the class and 3,072 pixel bytes.
/// Labels are the 100 classes.
/// </summary>
public static class Cifar100
{
    internal static CifarLayout Layout { get; } = new()
    {
        Name = "CIFAR-100",
        Reader = nameof(Cifar100),
        Address = new Uri("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"),
        Md5 = "03b5dce01913d631647c71ecec9e9cb8",
        Subfolder = "cifar-100-binary",
        TrainingFiles = ["train.bin"],
        TestFile = "test.bin",
        LabelBytes = [new LabelByte("superclass", 20), new LabelByte("class", 100)],
        ClassNames =
        [
            "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle",
            "bowl", "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle",
            "chair", "chimpanzee", "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur",
            "dolphin", "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard",
            "lamp", "lawn_mower", "leopard", "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle", "mountain",
            "mouse", "mushroom", "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck", "pine_tree",
            "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road", "rocket",
            "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake", "spider",
            "squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank", "telephone", "television", "tiger", "tractor",
            "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree", "wolf", "woman", "worm",
        ],
    };

    /// <summary>The hundred classes, by label.</summary>
    public static ValueList<string> ClassNames => Layout.ClassNames;

    /// <summary>Reads all images and holds validation images out of the training images.</summary>
    /// <param name="folder">The folder of the .bin files, or the one that holds the archive's folder cifar-100-binary.</param>
    /// <param name="holdOut">
    /// How many training images become validation images. Default 1,000, as in Rice et al. 2020 (arXiv 2002.11569, section 4)
    /// for CIFAR-10.
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

    /// <summary>Reads the test images alone; test.bin may hold any number of records, and train.bin may be missing.</summary>
    /// <inheritdoc cref="From" path="/param[@name='folder']"/>
    /// <inheritdoc cref="From" path="/exception"/>
    /// <returns>The images. The caller disposes them.</returns>
    public static InMemoryImages ReadTest(string folder) => CifarFolder.Read(Layout, folder, [Layout.TestFile]);

    /// <summary>
    /// Downloads the official archive (161 MiB, checked by its MD5) and unpacks it; does nothing when the files are there.
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
