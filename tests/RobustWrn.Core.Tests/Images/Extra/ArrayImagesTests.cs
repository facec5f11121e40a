using System.IO.Compression;
using System.Text;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Files that NumPy wrote (tests/Fixtures/generators/image_arrays.py), and files made wrong on purpose.</summary>
public sealed class ArrayImagesTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();

    [Theory]
    [InlineData("stored.npz")]
    [InlineData("deflated.npz")]
    public void Npz_OfNumPy_GivesItsImages(string name)
    {
        using InMemoryImages images = NpzImages.Read(Fixture(name));

        AssertFixture(images, 12);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], images.ClassNames);
    }

    [Fact]
    public void Npz_GreyWithOtherNames_GivesOneChannel()
    {
        using InMemoryImages images = NpzImages.Read(Fixture("grey.npz"), Cifar10.ClassNames, images: "x", labels: "y");
        using ImageBatch batch = images.Read([2]);

        Assert.Equal((12, 1, 5, 4), (images.Count, images.Channels, images.Height, images.Width));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (float)(14 + 3 * i) / 255), batch.Images.data<float>().ToArray());
    }

    [Theory]
    [InlineData("protocol0", 12)]
    [InlineData("protocol1", 12)]
    [InlineData("protocol2", 100)]
    [InlineData("protocol3", 100)]
    [InlineData("protocol4", 100)]
    [InlineData("protocol5", 100)]
    [InlineData("bigendian", 100)]
    public void Pickle_OfNumPy_GivesItsImages(string name, int count)
    {
        using InMemoryImages images = PickledImages.Read(Fixture(name + ".pickle"), Cifar10.ClassNames);

        AssertFixture(images, count);
    }

    [Fact]
    public void Pickle_LargeArray_IsNotReadIntoAManagedBuffer()
    {
        // A dictionary as Python 3 writes it, with 24 MB of pixels.
        const int Count = 8_000;
        byte[] pixels = new byte[Count * 3_072], labels = new byte[Count * 8];
        pixels[^1] = 7;
        string path = Write("large.pickle", Dictionary(("data", "u1", [Count, 32, 32, 3], pixels), ("extrapolated_targets", "i8", [Count], labels)));
        PickledImages.Read(path).Dispose();

        long before = GC.GetAllocatedBytesForCurrentThread();
        using InMemoryImages images = PickledImages.Read(path);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, pixels.Length / 3);
        using ImageBatch last = images.Read([Count - 1]);
        Assert.Equal(7f / 255, last.Images[0, 2, 31, 31].item<float>());
    }

    [Fact]
    public void Pickle_ThatWouldRunAProgram_IsRefusedAndRunsNothing()
    {
        string victim = Path.Combine(_folder, "victim");
        string path = Write("evil.pickle", [0x80, 2, .. Encoding.ASCII.GetBytes($"cos\nsystem\n(S'touch {victim}'\ntR.")]);

        Assert.Contains("must hold a pickled dictionary", Assert.Throws<InvalidDataException>(() => PickledImages.Read(path)).Message);
        Assert.False(File.Exists(victim));
    }

    [Theory]
    [InlineData("<f4", "(2, 2, 2, 3)", "must be uint8 in 0 .. 255, got Float32")]
    [InlineData("|u1", "(2, 3, 8, 8)", "must have shape (images, height, width, channels)")]
    [InlineData("|u1", "(2, 2)", "must have shape (images, height, width, channels)")]
    [InlineData("|u1", "(2, 2, 2, 3", "does not name type, order and shape")]
    [InlineData("|u1", "(2, 9999999999999, 9999999999999, 3)", "it is damaged")]
    [InlineData("|u1", "(2, 4000, 4000, 3)", "must have 96000")]
    [InlineData("|O", "(2, 2, 2, 3)", "has elements of the type |O")]
    public void Npz_ArrayNotAsDescribed_IsRefused(string descr, string shape, string expected)
    {
        string path = Npz(("image", Npy(descr, shape, new byte[24])), ("label", Npy("<i8", "(2,)", new byte[16])));

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => NpzImages.Read(path)).Message);
    }

    [Theory]
    [InlineData("<f8", "(2,)", 0, "must be whole numbers")]
    [InlineData("<i8", "(2, 1)", 0, "one for each of the 2 images, got (2, 1)")]
    [InlineData("<i8", "(2,)", 10, "labels: must be in [0, 10), the number of classes, got 10 for image 0")]
    [InlineData("<i8", "(2,)", 255, "got 255 for image 0")]
    public void Npz_LabelsNotAsDescribed_AreRefused(string descr, string shape, byte label, string expected)
    {
        byte[] labels = new byte[16];
        labels[0] = label;
        string path = Npz(("image", Npy("|u1", "(2, 2, 2, 3)", new byte[24])), ("label", Npy(descr, shape, labels)));

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => NpzImages.Read(path, Cifar10.ClassNames)).Message);
    }

    [Fact]
    public void Npz_LabelOfQuintillions_NamesNoClassesUpToIt()
    {
        byte[] labels = BitConverter.GetBytes(long.MaxValue);
        string path = Npz(("image", Npy("|u1", "(1, 2, 2, 3)", new byte[12])), ("label", Npy("<i8", "(1,)", labels)));

        Assert.Contains("must be in [0, 131072)", Assert.Throws<InvalidDataException>(() => NpzImages.Read(path)).Message);
    }

    [Fact]
    public void Read_OtherNames_TellsThoseThatAreThere()
    {
        Assert.Contains("must hold the array images, but holds image.npy, label.npy",
            Assert.Throws<InvalidDataException>(() => NpzImages.Read(Fixture("stored.npz"), images: "images")).Message);
        Assert.Contains("must hold the array x, but holds data, extrapolated_targets",
            Assert.Throws<InvalidDataException>(() => PickledImages.Read(Fixture("protocol4.pickle"), images: "x")).Message);
    }

    [Fact]
    public void Npz_OneByteOfThePixelsChanged_IsRefusedByItsChecksum()
    {
        byte[] bytes = File.ReadAllBytes(Fixture("stored.npz"));
        bytes[200] ^= 1;

        Assert.Contains("checksum", Assert.Throws<InvalidDataException>(() => NpzImages.Read(Write("changed.npz", bytes))).Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    internal static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "images", name);

    private static void AssertFixture(InMemoryImages images, int count)
    {
        Assert.Equal((count, 3, 5, 4), (images.Count, images.Channels, images.Height, images.Width));
        Assert.Equal(Enumerable.Range(0, count).Select(n => 3L * n % 10), images.ReadLabels());
        using ImageBatch batch = images.Read([0, count - 1]);
        foreach (int row in new[] { 0, 1 })
        {
            int n = row * (count - 1);
            using Tensor planes = batch.Images[row];
            float[] values = planes.contiguous().data<float>().ToArray();
            for (int i = 0; i < 60; i++)
                Assert.Equal((7 * n + i) % 251 / 255f, values[i % 3 * 20 + i / 3]);
        }
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string Npz(params (string Name, byte[] Content)[] arrays)
    {
        string path = Path.Combine(_folder, "made.npz");
        using ZipArchive archive = new(File.Create(path), ZipArchiveMode.Create);
        foreach ((string name, byte[] content) in arrays)
        {
            using Stream stream = archive.CreateEntry(name + ".npy").Open();
            stream.Write(content);
        }
        return path;
    }

    private static byte[] Npy(string descr, string shape, byte[] content)
    {
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
        return [0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)header.Length), .. header, .. content];
    }

    // As numpy.ndarray.__reduce__ has it: _reconstruct(ndarray, (0,), b"b"), then the state (1, shape, dtype, False, bytes).
    private static byte[] Dictionary(params (string Key, string Type, long[] Shape, byte[] Content)[] arrays)
    {
        HandMadePickle pickle = new HandMadePickle(3).Ops("}");
        foreach ((string key, string type, long[] shape, byte[] content) in arrays)
        {
            pickle.Text(key).Global("numpy.core.multiarray", "_reconstruct").Ops("(").Global("numpy", "ndarray").Numbers(0).Raw([(byte)'C', 1, (byte)'b']).Ops("tR(").Number(1)
                .Numbers(shape).Global("numpy", "dtype").Ops("(").Text(type).Number(0).Number(1).Ops("tR(").Number(3).Text("<").Ops("NNN").Number(-1).Number(-1).Number(0).Ops("tb")
                .Raw([0x89, (byte)'B', .. BitConverter.GetBytes(content.Length)]).Raw(content).Ops("tbs");
        }
        return pickle.End();
    }
}
