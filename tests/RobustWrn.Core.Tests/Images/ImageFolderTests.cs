using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Folders of files whose bytes are height, width and one value for all pixels, and a decoder for them.</summary>
public sealed class ImageFolderTests : IDisposable
{
    private static readonly ImageFolderOptions Small = new() { Height = 4, Width = 6 };

    private readonly string _folder = TestFolder.Make();

    [Fact]
    public void From_LayoutOfImageNet_NumbersClassesByNameAndKeepsValForTheTest()
    {
        ImageNet();

        using DatasetSplits splits = ImageFolder.From(_folder, Decode, holdOut: 2, options: Small);

        Assert.Equal(["n01", "n02"], splits.ClassNames);
        Assert.Equal((3, 4, 6), (splits.Channels, splits.Height, splits.Width));
        Assert.Equal((6, 2, 2), (splits.Training.Train.Count, splits.Training.Validation.Count, splits.Test.Count));
        using ImageBatch batch = splits.Test.Open().Read([0, 1]);
        Assert.Equal([0L, 1], batch.Labels.data<long>().ToArray());
        Assert.Equal([50f / 255, 60f / 255], batch.Images.amax([1, 2, 3]).data<float>().ToArray());
    }

    [Fact]
    public void From_LayoutOfTinyImageNet_ReadsItsAnnotations()
    {
        for (int i = 0; i < 3; i++)
        {
            Image($"train/n01/images/n01_{i}.JPEG", 10 + i);
            Image($"train/n02/images/n02_{i}.JPEG", 20 + i);
        }
        Write("train/n01/n01_boxes.txt", "n01_0.JPEG\t0\t0\t62\t62\n"u8.ToArray());
        Image("val/images/val_0.JPEG", 70);
        Image("val/images/val_1.JPEG", 80);
        Write("val/val_annotations.txt", "val_1.JPEG\tn01\t0\t32\t44\t62\nval_0.JPEG\tn02\t52\t55\t57\t59\n"u8.ToArray());

        using DatasetSplits splits = ImageFolder.From(_folder, Decode, holdOut: 2, options: Small);

        Assert.Equal((4, 2, 2), (splits.Training.Train.Count, splits.Training.Validation.Count, splits.Test.Count));
        using ImageBatch batch = splits.Test.Open().Read([0, 1]);
        Assert.Equal([0L, 1], batch.Labels.data<long>().ToArray());
        Assert.Equal([80f / 255, 70f / 255], batch.Images.amax([1, 2, 3]).data<float>().ToArray());
    }

    [Theory]
    [InlineData("val_1.JPEG\tn09\t0")]
    [InlineData("../../secret\tn01\t0")]
    [InlineData("val_1.JPEG")]
    public void From_AnnotationThatIsNone_IsRefused(string line)
    {
        ImageNet();
        Write("val/val_annotations.txt", System.Text.Encoding.UTF8.GetBytes(line));

        Assert.Contains("line 1 must be a file name, a tab and a class", Assert.Throws<InvalidDataException>(() => ImageFolder.ReadTest(_folder, Decode)).Message);
    }

    [Fact]
    public void From_FoldersThatAreNotThereOrUnknown_AreNamed()
    {
        Assert.Contains("but lacks train", Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.From(_folder, Decode)).Message);
        ImageNet();
        Image("val/n07/x.png", 1);
        Assert.Contains("but has n07", Assert.Throws<InvalidDataException>(() => ImageFolder.From(_folder, Decode)).Message);
    }

    [Fact]
    public void Read_FileThatIsNoImage_NamesIt()
    {
        ImageNet();
        Write("train/n01/a.png", [1, 2]);
        FolderImages images = ImageFolder.ReadTraining(_folder, Decode, Small);
        images.Prefetch([0]);

        Assert.Contains(Path.Combine("n01", "a.png"), Assert.Throws<InvalidDataException>(() => images.Read([1, 0])).Message);
        images.Read([1]).Dispose();
    }

    [Fact]
    public void Prefetch_Images_AreDecodedOnceInTheBackground()
    {
        ImageNet();
        ConcurrentBag<int> threads = [];
        using CountdownEvent decoded = new(3);
        FolderImages images = ImageFolder.ReadTraining(_folder, stream =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            DecodedImage image = Decode(stream);
            if (!decoded.IsSet)
                decoded.Signal();
            return image;
        }, Small);

        images.Prefetch([0, 2, 4]);
        Assert.True(decoded.Wait(TimeSpan.FromSeconds(20)));
        using ImageBatch batch = images.Read([4, 0, 2, 4]);

        Assert.Equal(3, threads.Count);
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, threads);
        Assert.Equal([20f / 255, 10f / 255, 12f / 255, 20f / 255], batch.Images.amax([1, 2, 3]).data<float>().ToArray());
    }

    [Fact]
    public void Read_WithAndWithoutPrefetch_GivesTheSame()
    {
        using DisposeScope scope = NewDisposeScope();
        ImageNet();
        using DatasetSplits splits = ImageFolder.From(_folder, Decode, holdOut: 2, options: Small with { ImagesAhead = 3, Workers = 2 });
        IImageSource train = splits.Training.Train;
        ImageBatch before = train.Read([5, 1, 3, 0]);

        for (int i = 0; i < 20; i++)
        {
            train.Prefetch([5, 1, 3, 0, 2, 4]);
            Assert.True(before.Images.Equals(train.Read([5, 1, 3, 0]).Images));
        }
    }

    [Fact]
    public void Prefetch_MoreThanAllowedAhead_KeepsNoMore()
    {
        ImageNet();
        int decoded = 0;
        FolderImages images = ImageFolder.ReadTraining(_folder, stream =>
        {
            Interlocked.Increment(ref decoded);
            return Decode(stream);
        }, Small with { ImagesAhead = 2 });

        images.Prefetch([0, 1, 2, 3, 4, 5]);
        images.Read([0, 1, 2, 3, 4, 5]).Dispose();

        Assert.Equal(6, decoded);
    }

    [Fact]
    public void Fingerprint_ChangesWithNamesLabelsLengthsAndSize()
    {
        ImageNet();
        string before = ImageFolder.ReadTraining(_folder, Decode, Small).Fingerprint;

        Assert.Equal(before, ImageFolder.ReadTraining(_folder, Decode, Small with { Workers = 7 }).Fingerprint);
        Assert.NotEqual(before, ImageFolder.ReadTraining(_folder, Decode, Small with { Height = 5 }).Fingerprint);
        Image("train/n01/b2.png", 3);
        Assert.NotEqual(before, ImageFolder.ReadTraining(_folder, Decode, Small).Fingerprint);
    }

    [Fact]
    public void Planes_ImageOfTheRightSize_IsNotTouched()
    {
        byte[] pixels = [.. Enumerable.Range(0, 72).Select(i => (byte)(3 * i))];

        byte[] planes = ImageResizing.Planes(new DecodedImage(4, 6, pixels), Small);

        for (int i = 0; i < 72; i++)
            Assert.Equal(pixels[i], planes[i % 3 * 24 + i / 3]);
    }

    [Theory]
    [InlineData(8, 12)]
    [InlineData(40, 60)]
    public void Planes_Halving_AveragesByTheTriangle(int height, int width)
    {
        // A ramp along x and y stays a ramp under any symmetric filter, away from the edges.
        byte[] pixels = [.. Enumerable.Range(0, height * width).SelectMany(i => Enumerable.Repeat((byte)(i % width * 120.0 / width + i / width * 60.0 / height), 3))];
        ImageFolderOptions half = new() { Height = height / 2, Width = width / 2 };

        byte[] planes = ImageResizing.Planes(new DecodedImage(height, width, pixels), half);

        for (int y = 1; y < half.Height - 1; y++)
        {
            for (int x = 1; x < half.Width - 1; x++)
                Assert.InRange(planes[y * half.Width + x] - ((2 * x + 0.5) * 120 / width + (2 * y + 0.5) * 60 / height), -1.6, 1.1);
        }
    }

    [Fact]
    public void Planes_ImageNet_CutsTheMiddleOutOfTheResizedImage()
    {
        // Left half black, right half white, 512 x 1024: resized to 256 x 512, cut to columns 144 .. 367.
        byte[] pixels = [.. Enumerable.Range(0, 512 * 1024).SelectMany(i => Enumerable.Repeat(i % 1024 < 512 ? (byte)0 : (byte)255, 3))];

        byte[] planes = ImageResizing.Planes(new DecodedImage(512, 1024, pixels), ImageFolderOptions.ImageNet);

        Assert.Equal(3 * 224 * 224, planes.Length);
        Assert.All(Enumerable.Range(0, 224), x => Assert.Equal(x switch { < 111 => 0, > 112 => 255, 111 => 32, _ => 223 }, planes[100 * 224 + x]));
    }

    [Theory]
    [InlineData(1, 300)]
    [InlineData(300, 1)]
    public void Planes_SidesTooFarApart_AreRefused(int height, int width) =>
        Assert.Contains("ratio is at most 100",
            Assert.Throws<InvalidDataException>(() =>
            ImageResizing.Planes(new DecodedImage(height, width, new byte[3 * height * width]), Small)).Message);

    [Theory]
    [InlineData(1, 100)]
    [InlineData(100, 1)]
    [InlineData(200, 20_000)]
    public void Planes_LongImage_ComputesNoMoreThanItKeeps(int height, int width)
    {
        byte[] pixels = [.. Enumerable.Range(0, height * width).SelectMany(_ => (byte[])[10, 20, 30])];
        ImageFolderOptions options = new() { Height = 224, Width = 224, ShorterSide = 256 };
        long before = GC.GetAllocatedBytesForCurrentThread();

        byte[] planes = ImageResizing.Planes(new DecodedImage(height, width, pixels), options);

        // The rows in reach, already cut to the width, and two images of the final size: scaled whole it would be 20 MB and more.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 3 * 224 * (height + 2 * 224) + 50_000);
        Assert.Equal((10, 20, 30), (planes[0], planes[224 * 224], planes[^1]));
    }

    [Fact]
    public void Planes_CutOut_IsTheMiddleOfTheWholeScaledImage()
    {
        byte[] pixels = new byte[3 * 37 * 90];
        new Random(3).NextBytes(pixels);
        DecodedImage image = new(37, 90, pixels);

        // Both scale 37 x 90 to 20 x 49; the first keeps all of it.
        byte[] all = ImageResizing.Planes(image, new ImageFolderOptions { Height = 20, Width = 49 });
        byte[] middle = ImageResizing.Planes(image, new ImageFolderOptions { Height = 14, Width = 11, ShorterSide = 20 });

        for (int y = 0; y < 14; y++)
        {
            for (int x = 0; x < 11; x++)
                Assert.Equal(all[(y + 3) * 49 + x + 19], middle[y * 11 + x]);
        }
    }

    [Fact]
    public void Problems_ShorterSideBelowTheCut_IsNamed() =>
        Assert.Equal(["ShorterSide"], (ImageFolderOptions.ImageNet with { ShorterSide = 200 }).Problems().Select(problem => problem.Subject));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static DecodedImage Decode(Stream stream)
    {
        using BinaryReader reader = new(stream);
        byte[] bytes = reader.ReadBytes(3);
        return bytes is [var height, var width, var value]
            ? new DecodedImage(height, width, Enumerable.Repeat(value, 3 * height * width).ToArray())
            : throw new FormatException("three bytes are needed.");
    }

    private void ImageNet()
    {
        for (int i = 0; i < 4; i++)
        {
            Image($"train/n01/{(char)('a' + i)}.png", 10 + i);
            Image($"train/n02/{(char)('a' + i)}.png", 20 + i);
        }
        Image("val/n01/a.png", 50);
        Image("val/n02/a.png", 60);
    }

    private void Image(string path, int value) => Write(path, [(byte)(4 + value % 3), 9, (byte)value]);

    private void Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
