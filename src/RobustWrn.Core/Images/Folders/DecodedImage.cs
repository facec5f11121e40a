namespace RobustWrn.Core;

/// <summary>Makes pixels of an encoded image, such as a JPEG. Called on several threads at once, and never with tensors in reach.</summary>
/// <param name="stream">The encoded image, from its beginning; stays the caller's.</param>
/// <returns>Its pixels.</returns>
public delegate DecodedImage ImageDecoder(Stream stream);

/// <summary>The pixels of one image: red, green and blue bytes, pixel by pixel, row by row from the top.</summary>
public sealed class DecodedImage
{
    /// <summary>Takes pixels over.</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="pixels">3 * height * width bytes; not copied.</param>
    /// <exception cref="ArgumentException">The number of bytes is another.</exception>
    public DecodedImage(int height, int width, ReadOnlyMemory<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (pixels.Length != 3L * height * width)
            throw new ArgumentException($"pixels must be 3 x {height} x {width} = {Quantity.Of(3L * height * width, "byte")}, got {pixels.Length}.", nameof(pixels));
        (Height, Width, Pixels) = (height, width, pixels);
    }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Red, green and blue, pixel by pixel, row by row from the top.</summary>
    public ReadOnlyMemory<byte> Pixels { get; }
}
