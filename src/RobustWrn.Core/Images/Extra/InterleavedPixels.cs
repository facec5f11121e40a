using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Images whose channels lie pixel by pixel in a file, (N, H, W, C), on their way into a tensor whose channels lie plane by plane, (N, C,
/// H, W).
/// </summary>
internal static class InterleavedPixels
{
    private const int BytesAtOnce = 1 << 22;

    /// <summary>Takes the next bytes of the file, filling the buffer.</summary>
    internal delegate void Source(Span<byte> buffer);

    /// <summary>Fills a tensor.</summary>
    /// <param name="pixels">Uint8 (N, C, H, W), contiguous, on the CPU.</param>
    /// <param name="read">Gives the bytes in order.</param>
    internal static void Fill(Tensor pixels, Source read)
    {
        long count = pixels.shape[0];
        (int channels, int plane) = (checked((int)pixels.shape[1]), checked((int)(pixels.shape[2] * pixels.shape[3])));
        int image = checked(channels * plane);
        long atOnce = Math.Clamp(BytesAtOnce / image, 1, count);
        byte[] buffer = new byte[atOnce * image];
        for (long at = 0; at < count; at += atOnce)
        {
            int images = (int)Math.Min(atOnce, count - at);
            read(buffer.AsSpan(0, images * image));
            TensorMemory.Rows(pixels, at, images, bytes =>
            {
                for (int i = 0; i < images; i++)
                    Separate(buffer.AsSpan(i * image, image), bytes.Slice(i * image, image), channels, plane);
            });
        }
    }

    /// <summary>One image, pixel by pixel to plane by plane.</summary>
    internal static void Separate(ReadOnlySpan<byte> interleaved, Span<byte> planes, int channels, int plane)
    {
        if (channels == 1)
        {
            interleaved.CopyTo(planes);
            return;
        }
        for (int c = 0; c < channels; c++)
        {
            Span<byte> target = planes.Slice(c * plane, plane);
            for (int i = 0, from = c; i < plane; i++, from += channels)
                target[i] = interleaved[from];
        }
    }
}
