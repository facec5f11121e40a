namespace RobustWrn.Core;

/// <summary>
/// Images to a fixed size: resized by a triangle filter whose width grows with the reduction, so that nothing is skipped (what image libraries call bilinear with
/// antialiasing), first along rows, then along columns; then cut out of the middle.
/// </summary>
internal static class ImageResizing
{
    private const int Channels = 3;

    /// <summary>The image as red, green and blue planes of the size asked for.</summary>
    internal static byte[] Planes(DecodedImage image, ImageFolderOptions options)
    {
        (int height, int width) = Scaled(image, options);
        ReadOnlySpan<byte> pixels = image.Pixels.Span;
        if ((height, width) != (image.Height, image.Width))
        {
            byte[] wide = Along(pixels, new(image.Height, image.Width, Channels, image.Width * Channels), width, Channels, width * Channels);
            pixels = Along(wide, new(width, image.Height, width * Channels, Channels), height, width * Channels, Channels);
        }
        int top = (height - options.Height) / 2, left = (width - options.Width) / 2, plane = options.Height * options.Width;
        byte[] planes = new byte[Channels * plane];
        for (int y = 0; y < options.Height; y++)
        {
            ReadOnlySpan<byte> row = pixels.Slice(((top + y) * width + left) * Channels, options.Width * Channels);
            for (int x = 0; x < options.Width; x++)
            {
                for (int c = 0; c < Channels; c++)
                    planes[c * plane + y * options.Width + x] = row[x * Channels + c];
            }
        }
        return planes;
    }

    private static (int Height, int Width) Scaled(DecodedImage image, ImageFolderOptions options)
    {
        if (options.ShorterSide is null && (image.Height, image.Width) == (options.Height, options.Width))
            return (image.Height, image.Width);
        double scale = options.ShorterSide is { } side
            ? (double)side / Math.Min(image.Height, image.Width)
            : Math.Max((double)options.Height / image.Height, (double)options.Width / image.Width);
        return (Math.Max(options.Height, (int)Math.Round(image.Height * scale)), Math.Max(options.Width, (int)Math.Round(image.Width * scale)));
    }

    // Lines of pixels, how far the pixels of a line lie apart, and the lines.
    private readonly record struct Lines(int Count, int Pixels, int PixelStride, int LineStride);

    private static byte[] Along(ReadOnlySpan<byte> source, Lines lines, int to, int pixelStride, int lineStride)
    {
        byte[] resized = new byte[checked(lines.Count * to * Channels)];
        double scale = (double)lines.Pixels / to, reach = Math.Max(1, scale);
        double[] weights = new double[(int)Math.Ceiling(2 * reach) + 2];
        for (int i = 0; i < to; i++)
        {
            double centre = (i + 0.5) * scale, sum = 0;
            int first = Math.Max(0, (int)Math.Floor(centre - reach)), last = Math.Min(lines.Pixels, (int)Math.Ceiling(centre + reach));
            for (int j = first; j < last; j++)
                sum += weights[j - first] = Math.Max(0, 1 - Math.Abs(j + 0.5 - centre) / reach);
            for (int line = 0; line < lines.Count; line++)
            {
                for (int c = 0; c < Channels; c++)
                {
                    double value = 0;
                    for (int j = first; j < last; j++)
                        value += weights[j - first] * source[line * lines.LineStride + j * lines.PixelStride + c];
                    resized[line * lineStride + i * pixelStride + c] = (byte)Math.Round(value / sum);
                }
            }
        }
        return resized;
    }
}
