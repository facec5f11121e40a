namespace RobustWrn.Core;

/// <summary>
/// Images to a fixed size: resized by a triangle filter whose width grows with the reduction, so that nothing is skipped (what image
/// libraries call bilinear with antialiasing), first along rows, then along columns; the middle is cut out before it is computed,
/// so that nothing outside of it is.
/// </summary>
internal static class ImageResizing
{
    private const int Channels = 3;

    // Panoramas have up to 20; beyond, the middle says nothing of the image.
    private const int LargestRatio = 100;

    /// <summary>The image as red, green and blue planes of the size asked for.</summary>
    /// <exception cref="InvalidDataException">One side is more than a hundred times the other.</exception>
    internal static byte[] Planes(DecodedImage image, ImageFolderOptions options)
    {
        (int shorter, int longer) = (Math.Min(image.Height, image.Width), Math.Max(image.Height, image.Width));
        if (longer > (long)LargestRatio * shorter)
            throw new InvalidDataException(
                $"an image must have sides whose ratio is at most {LargestRatio}, got {image.Height} x {image.Width}.");
        (int height, int width) = Scaled(image, options);
        Side rows = new(image.Height, height, (height - options.Height) / 2, options.Height),
            columns = new(image.Width, width, (width - options.Width) / 2, options.Width);
        ReadOnlySpan<byte> pixels = image.Pixels.Span;
        // Only the rows of the image that the rows cut out are made of.
        (int top, int bottom) = rows.IsKept ? (rows.Start, rows.Start + rows.Count)
            : (rows.Reach(rows.Start).First, rows.Reach(rows.Start + rows.Count - 1).Last);
        byte[] narrow = Along(pixels[(top * image.Width * Channels)..], columns, 0, new(bottom - top, Channels, image.Width * Channels),
            Channels, options.Width * Channels);
        byte[] cut = Along(narrow, rows, top, new(options.Width, options.Width * Channels, Channels), options.Width * Channels, Channels);
        byte[] planes = new byte[cut.Length];
        InterleavedPixels.Separate(cut, planes, Channels, options.Height * options.Width);
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

    // One side of an image, from its pixels to those it is resized to, of which some are cut out.
    private readonly record struct Side(int From, int To, int Start, int Count)
    {
        internal bool IsKept => From == To;

        internal double Scale => (double)From / To;

        internal double Width => Math.Max(1, Scale);

        internal double Centre(int pixel) => (pixel + 0.5) * Scale;

        internal (int First, int Last) Reach(int pixel) =>
            (Math.Max(0, (int)Math.Floor(Centre(pixel) - Width)), Math.Min(From, (int)Math.Ceiling(Centre(pixel) + Width)));
    }

    // Lines of pixels, how far the pixels of a line lie apart, and the lines.
    private readonly record struct Lines(int Count, int PixelStride, int LineStride);

    // The source begins at the pixel of the side that before names.
    private static byte[] Along(ReadOnlySpan<byte> source, Side side, int before, Lines lines, int pixelStride, int lineStride)
    {
        byte[] resized = new byte[checked(lines.Count * side.Count * Channels)];
        double[] weights = new double[(int)Math.Ceiling(2 * side.Width) + 2];
        for (int i = 0; i < side.Count; i++)
        {
            int pixel = side.Start + i;
            (int first, int last) = side.IsKept ? (pixel, pixel + 1) : side.Reach(pixel);
            double sum = 0;
            for (int j = first; j < last; j++)
                sum += weights[j - first] = side.IsKept ? 1 : Math.Max(0, 1 - Math.Abs(j + 0.5 - side.Centre(pixel)) / side.Width);
            for (int line = 0; line < lines.Count; line++)
            {
                for (int c = 0; c < Channels; c++)
                {
                    double value = 0;
                    for (int j = first; j < last; j++)
                        value += weights[j - first] * source[line * lines.LineStride + (j - before) * lines.PixelStride + c];
                    resized[line * lineStride + i * pixelStride + c] = (byte)Math.Round(value / sum);
                }
            }
        }
        return resized;
    }
}
