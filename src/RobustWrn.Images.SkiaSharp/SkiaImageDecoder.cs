using RobustWrn.Core;
using SkiaSharp;

namespace RobustWrn.Images.SkiaSharp;

/// <summary>Decodes JPEG, PNG, WebP, GIF and BMP with SkiaSharp: <c>ImageFolder.From("tiny-imagenet-200", SkiaImageDecoder.Decode)</c>.</summary>
/// <remarks>
/// What is transparent shows black; of several frames the first is taken; the orientation that a camera noted is not applied, as in the
/// usual readers of ImageNet. Header and length
/// of the file decide whether it is decoded at all, before memory is asked for.
/// </remarks>
public static class SkiaImageDecoder
{
    private const int RgbChannels = 3, RgbaChannels = 4;

    // Colours with and without alpha, and what a codec keeps of a progressive image.
    private const int BytesPerPixel = 14;

    // The largest image of ImageNet has 9331 x 6530 pixels: 61 million.
    private const long MostPixels = 100_000_000;

    // Panoramas have up to 20.
    private const int LargestRatio = 100;

    // The largest file of ImageNet has 15 MB.
    private const long MostBytes = 1L << 28;

    // No deflated stream becomes longer than 1,032 times its length, and eight pixels of two colours take a byte.
    private const long MostPixelsPerByte = 8 * 1_032;

    private static readonly SKEncodedImageFormat[] Known =
        [SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Gif,
            SKEncodedImageFormat.Bmp];

    /// <summary>An <see cref="ImageDecoder"/>. Safe on several threads at once.</summary>
    /// <param name="stream">The encoded image; stays the caller's.</param>
    /// <returns>Its pixels; greyscale images have three equal channels.</returns>
    /// <exception cref="InvalidDataException">
    /// It is no image of these formats, truncated, larger than 100 million pixels or than its file can hold, or one side is more than a
    /// hundred times the other.
    /// </exception>
    public static DecodedImage Decode(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long? length = stream.CanSeek ? stream.Length - stream.Position : null;
        if (length > MostBytes)
            throw new InvalidDataException($"an image must have at most {MostBytes} bytes, got {length}.");
        using SKCodec codec = SKCodec.Create(stream, out SKCodecResult opened)
            ?? throw new InvalidDataException($"an image must be JPEG, PNG, WebP, GIF or BMP, but Skia says {opened}.");
        if (!Known.Contains(codec.EncodedFormat))
            throw new InvalidDataException($"an image must be JPEG, PNG, WebP, GIF or BMP, got {codec.EncodedFormat}.");
        (int height, int width) = (codec.Info.Height, codec.Info.Width);
        Refuse(height, width, length);
        using DecodingMemory.Share share = DecodingMemory.Enter((long)BytesPerPixel * height * width);
        SKImageInfo target = new(width, height, SKColorType.Rgba8888, SKAlphaType.Premul);
        using SKBitmap bitmap = new(target);
        SKCodecResult decoded = codec.GetPixels(target, bitmap.GetPixels());
        return decoded == SKCodecResult.Success
            ? new DecodedImage(height, width, WithoutAlpha(bitmap.GetPixelSpan(), bitmap.RowBytes, height, width))
            : throw new InvalidDataException($"an image must be complete, but Skia says {decoded}.");
    }

    private static void Refuse(int height, int width, long? length)
    {
        if (height < 1 || width < 1)
            throw new InvalidDataException($"an image must have at least one pixel, got {height} x {width}.");
        if ((long)height * width > MostPixels)
            throw new InvalidDataException($"an image must have at most {MostPixels} pixels, got {height} x {width}.");
        if (Math.Max(height, width) > (long)LargestRatio * Math.Min(height, width))
            throw new InvalidDataException($"an image must have sides whose ratio is at most {LargestRatio}, got {height} x {width}.");
        if (length is { } bytes && (long)height * width > bytes * MostPixelsPerByte)
            throw new InvalidDataException($"an image must hold what its header promises, got {height} x {width} pixels in {bytes} bytes.");
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
