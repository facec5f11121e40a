using System.Buffers.Binary;
using System.IO.Compression;

namespace RobustWrn.Core.Tests;

public sealed class MnistTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();

    [Theory]
    [InlineData("-", "")]
    [InlineData("-", ".gz")]
    [InlineData(".", "")]
    [InlineData(".", ".gz")]
    public void From_Folder_GivesImagesAndLabels(string beforeIdx, string ending)
    {
        Files(beforeIdx, ending);

        using DatasetSplits splits = Mnist.From(_folder, holdOut: 4);

        Assert.Equal((1, 28, 28), (splits.Channels, splits.Height, splits.Width));
        Assert.Equal((26, 4, 10), (splits.Training.Train.Count, splits.Training.Validation.Count, splits.Test.Count));
        using ImageBatch batch = splits.Test.Open().Read([3]);
        Assert.Equal(Enumerable.Range(0, 784).Select(i => (byte)(5 * 3 + i) / 255f), batch.Images.data<float>().ToArray());
        Assert.Equal(3, batch.Labels[0].WholeNumber());
    }

    [Fact]
    public void ReadTraining_FashionMnist_HasItsNames()
    {
        Files("-", ".gz");

        using InMemoryImages images = FashionMnist.ReadTraining(_folder), test = FashionMnist.ReadTest(_folder);

        Assert.Equal((30, 10), (images.Count, test.Count));
        Assert.Equal("Ankle boot", images.ClassNames[9]);
    }

    [Fact]
    public void From_FilesMissing_NamesThem()
    {
        Files("-", "");
        File.Delete(Path.Combine(_folder, "t10k-labels-idx1-ubyte"));

        Assert.Contains("but lacks t10k-labels-idx1-ubyte.", Assert.Throws<FileNotFoundException>(() => Mnist.From(_folder)).Message);
        Assert.Contains("there is no such folder", Assert.Throws<DirectoryNotFoundException>(() => Mnist.From(Path.Combine(_folder, "none"))).Message);
        Mnist.ReadTraining(_folder).Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void Read_TruncatedFile_IsRefused(string ending)
    {
        Files("-", ending);
        string path = Path.Combine(_folder, "train-images-idx3-ubyte" + ending);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^30]);

        Assert.Contains("runcated", Assert.Throws<InvalidDataException>(() => Mnist.ReadTraining(_folder)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void Read_ClaimOfTerabytes_IsRefusedBeforeItIsAllocated(string ending)
    {
        Files("-", ending);
        Write("train-images-idx3-ubyte" + ending, [0, 0, 8, 3, .. Big(1 << 30), .. Big(1 << 10), .. Big(1 << 10), 1, 2, 3]);

        Assert.Contains("bytes of its shape (1073741824, 1024, 1024)", Assert.Throws<InvalidDataException>(() => Mnist.ReadTraining(_folder)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void Read_FileWithMoreBytesThanItsShape_IsRefused(string ending)
    {
        Files("-", ending);
        Write("train-labels-idx1-ubyte" + ending, [0, 0, 8, 1, .. Big(30), .. new byte[31]]);

        Assert.Throws<InvalidDataException>(() => Mnist.ReadTraining(_folder));
    }

    [Fact]
    public void Read_LabelsAsImages_IsRefused()
    {
        Files("-", "");
        File.Copy(Path.Combine(_folder, "train-labels-idx1-ubyte"), Path.Combine(_folder, "train-images-idx3-ubyte"), overwrite: true);

        Assert.Contains("must begin with 0, 0, 8, 3", Assert.Throws<InvalidDataException>(() => Mnist.ReadTraining(_folder)).Message);
    }

    [Theory]
    [InlineData(10, "must be in [0, 10), the number of classes, got 10 for image 0")]
    public void Read_LabelOutOfRange_IsRefused(byte label, string expected)
    {
        Files("-", "");
        Write("train-labels-idx1-ubyte", [0, 0, 8, 1, .. Big(30), label, .. new byte[29]]);

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Mnist.ReadTraining(_folder)).Message);
    }

    [Fact]
    public void Read_OneLabelTooFew_IsRefused()
    {
        Files("-", "");
        Write("train-labels-idx1-ubyte", [0, 0, 8, 1, .. Big(29), .. new byte[29]]);

        Assert.Contains("one for each of the 30 images, got (29)", Assert.Throws<InvalidDataException>(() => Mnist.ReadTraining(_folder)).Message);
    }

    [Fact]
    public void Svhn_ConvertedFiles_GiveSplitsAndExtraImages()
    {
        foreach ((string from, string to) in new[] { ("stored", "train"), ("deflated", "test"), ("stored", "extra") })
            File.Copy(ArrayImagesTests.Fixture(from + ".npz"), Path.Combine(_folder, to + ".npz"));

        using DatasetSplits splits = Svhn.From(_folder, holdOut: 2);
        using InMemoryImages extra = Svhn.ReadExtra(_folder);

        Assert.Equal((10, 2, 12), (splits.Training.Train.Count, splits.Training.Validation.Count, splits.Test.Count));
        Assert.Equal(extra.Count, splits.WithExtra(extra).Training.Extra!.Count);
    }

    [Fact]
    public void Svhn_FileMissing_SaysHowToMakeIt() =>
        Assert.Contains("convert_svhn.py", Assert.Throws<FileNotFoundException>(() => Svhn.From(_folder)).Message);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Big(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    // Pixel i of image n is 5 n + i modulo 256, its label n modulo 10.
    private void Files(string beforeIdx, string ending)
    {
        foreach ((string part, int count) in new[] { ("train", 30), ("t10k", 10) })
        {
            IEnumerable<byte> pixels = Enumerable.Range(0, count).SelectMany(n => Enumerable.Range(0, 784).Select(i => (byte)(5 * n + i)));
            Write($"{part}-images{beforeIdx}idx3-ubyte{ending}", [0, 0, 8, 3, .. Big(count), .. Big(28), .. Big(28), .. pixels]);
            Write($"{part}-labels{beforeIdx}idx1-ubyte{ending}", [0, 0, 8, 1, .. Big(count), .. Enumerable.Range(0, count).Select(n => (byte)(n % 10))]);
        }
    }

    private void Write(string name, byte[] content)
    {
        using FileStream file = File.Create(Path.Combine(_folder, name));
        using Stream stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(content);
    }
}
