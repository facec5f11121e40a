using RobustWrn.Core;
using SkiaSharp;

namespace RobustWrn.Images.SkiaSharp;

/// <summary>Decodes JPEG, PNG, WebP, GIF and BMP with SkiaSharp: <c>ImageFolder.From("tiny-imagenet-200", SkiaImageDecoder.Decode)</c>.</summary>
/// <remarks>What is transparent shows black; of several frames the first is taken; the orientation that a camera noted is not applied, as in the usual readers of ImageNet.</remarks>
public static class SkiaImageDecoder
{
    private const int RgbChannels = 3, RgbaChannels = 4;

    // The largest image of ImageNet has 9331 x 6530 pixels: 61 million.
    private const long MostPixels = 100_000_000;

    /// <summary>An <see cref="ImageDecoder"/>. Safe on several threads at once.</summary>
    /// <param name="stream">The encoded image; stays the caller's.</param>
    /// <returns>Its pixels; greyscale images have three equal channels.</returns>
    /// <exception cref="InvalidDataException">It is no image that Skia knows, truncated, or larger than 100 million pixels.</exception>
    public static DecodedImage Decode(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using SKCodec codec = SKCodec.Create(stream, out SKCodecResult opened)
            ?? throw new InvalidDataException($"an image must be JPEG, PNG, WebP, GIF or BMP, but Skia says {opened}.");
        (int height, int width) = (codec.Info.Height, codec.Info.Width);
        if ((long)height * width > MostPixels)
            throw new InvalidDataException($"an image must have at most {MostPixels} pixels, got {height} x {width}.");
        SKImageInfo target = new(width, height, SKColorType.Rgba8888, SKAlphaType.Premul);
        using SKBitmap bitmap = new(target);
        SKCodecResult decoded = codec.GetPixels(target, bitmap.GetPixels());
        return decoded == SKCodecResult.Success
            ? new DecodedImage(height, width, WithoutAlpha(bitmap.GetPixelSpan(), bitmap.RowBytes, height, width))
            : throw new InvalidDataException($"an image must be complete, but Skia says {decoded}.");
    }

    private static byte[] WithoutAlpha(ReadOnlySpan<byte> pixels, int rowBytes, int height, int width)
    {
        byte[] colours = new byte[RgbChannels * height * width];
        for (int y = 0, at = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = pixels.Slice(y * rowBytes, RgbaChannels * width);
            for (int x = 0; x < row.Length; x += RgbaChannels, at += RgbChannels)
                row.Slice(x, RgbChannels).CopyTo(colours.AsSpan(at));
        }
        return colours;
    }
}
