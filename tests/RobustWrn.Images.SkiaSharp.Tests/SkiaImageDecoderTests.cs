using RobustWrn.Core;
using SkiaSharp;

namespace RobustWrn.Images.SkiaSharp.Tests;

public sealed class SkiaImageDecoderTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();

    [Theory]
    [InlineData(SKEncodedImageFormat.Png, 0)]
    [InlineData(SKEncodedImageFormat.Jpeg, 6)]
    [InlineData(SKEncodedImageFormat.Webp, 6)]
    public void Decode_EncodedImage_GivesItsPixelsInRedGreenBlue(SKEncodedImageFormat format, int tolerance)
    {
        using MemoryStream stream = new(Encoded(format, 9, 14));

        DecodedImage image = SkiaImageDecoder.Decode(stream);

        Assert.Equal((9, 14), (image.Height, image.Width));
        for (int y = 0; y < 9; y++)
        {
            for (int x = 0; x < 14; x++)
            {
                SKColor expected = Colour(x, y);
                byte[] actual = image.Pixels.Slice(3 * (14 * y + x), 3).ToArray();
                Assert.InRange(Math.Max(Math.Abs(actual[0] - expected.Red), Math.Max(Math.Abs(actual[1] - expected.Green), Math.Abs(actual[2] - expected.Blue))), 0, tolerance);
            }
        }
    }

    [Fact]
    public void Decode_GreyImage_GivesThreeEqualChannels()
    {
        using SKBitmap grey = new(new SKImageInfo(3, 2, SKColorType.Gray8, SKAlphaType.Opaque));
        grey.Erase(new SKColor(90, 90, 90));
        using MemoryStream stream = new(grey.Encode(SKEncodedImageFormat.Png, 100).ToArray());

        Assert.All(SkiaImageDecoder.Decode(stream).Pixels.ToArray(), value => Assert.Equal(90, value));
    }

    [Fact]
    public void Decode_TransparentImage_ShowsBlack()
    {
        using SKBitmap clear = new(new SKImageInfo(3, 2, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        clear.Erase(new SKColor(200, 100, 50, 0));
        using MemoryStream stream = new(clear.Encode(SKEncodedImageFormat.Png, 100).ToArray());

        Assert.All(SkiaImageDecoder.Decode(stream).Pixels.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Decode_NoImage_IsRefused()
    {
        using MemoryStream text = new("no image"u8.ToArray()), empty = new();

        Assert.Contains("must be JPEG, PNG", Assert.Throws<InvalidDataException>(() => SkiaImageDecoder.Decode(text)).Message);
        Assert.Throws<InvalidDataException>(() => SkiaImageDecoder.Decode(empty));
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    public void Decode_TruncatedImage_IsRefused(SKEncodedImageFormat format)
    {
        byte[] whole = Encoded(format, 64, 64);
        using MemoryStream half = new(whole[..(whole.Length / 2)]);

        Assert.Contains("must be complete", Assert.Throws<InvalidDataException>(() => SkiaImageDecoder.Decode(half)).Message);
    }

    [Fact]
    public void Decode_DamagedImages_AreDecodedOrRefused()
    {
        byte[] whole = Encoded(SKEncodedImageFormat.Jpeg, 32, 32);
        Random random = new(1);
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. whole];
            for (int change = random.Next(1, 4); change > 0; change--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            using MemoryStream stream = new(damaged);
            try
            {
                SkiaImageDecoder.Decode(stream);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1, 299);
    }

    [Fact]
    public void ImageFolder_OfJpegs_GivesSplits()
    {
        foreach ((string part, string name) in from part in new[] { "train", "val" } from name in new[] { "cat", "dog" } select (part, name))
        {
            Directory.CreateDirectory(Path.Combine(_folder, part, name));
            for (int i = 0; i < 4; i++)
                File.WriteAllBytes(Path.Combine(_folder, part, name, $"{i}.JPEG"), Encoded(SKEncodedImageFormat.Jpeg, 40 + i, 50));
        }

        using DatasetSplits splits = ImageFolder.From(_folder, SkiaImageDecoder.Decode, holdOut: 2, options: new ImageFolderOptions { Height = 32, Width = 32 });
        using ImageBatch batch = splits.Training.Train.Read([0, 5, 3]);

        Assert.Equal((6, 2, 8), (splits.Training.Train.Count, splits.Training.Validation.Count, splits.Test.Count));
        Assert.Equal([3L, 3, 32, 32], batch.Images.shape);
        Assert.InRange(batch.Images.mean().item<float>(), 0.2f, 0.6f);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static SKColor Colour(int x, int y) => new((byte)(200 - 3 * x), (byte)(60 + 4 * y), (byte)(90 + x));

    private static byte[] Encoded(SKEncodedImageFormat format, int height, int width)
    {
        using SKBitmap bitmap = new(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                bitmap.SetPixel(x, y, Colour(x, y));
        }
        return bitmap.Encode(format, 100).ToArray();
    }
}
