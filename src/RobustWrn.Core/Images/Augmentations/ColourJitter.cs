using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Changes brightness, then contrast, then saturation, each by a factor of its own for each image, and clamps to [0, 1] after each;
/// then the hue. The defaults are those of the robustness library for CIFAR (Engstrom et al. 2019), which takes 0.1 each for ImageNet and
/// leaves the hue.
/// </summary>
/// <remarks>
/// Contrast moves pixels from the mean brightness of their image, saturation from their own brightness, which is 0.299 red + 0.587 green
/// + 0.114 blue (ITU-R BT.601), or the mean over the channels of images that have not three. Greyscale images have no saturation,
/// and only images of three channels have a hue, which is that of the hexagon of red, yellow, green, cyan, blue and magenta (HSV).
/// </remarks>
public sealed record ColourJitter : IAugmentation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "colour-jitter";

    /// <summary>The factor of the brightness is uniform in 1 +- this, in [0, 1]. Default 0.25 (Engstrom et al. 2019).</summary>
    public double Brightness { get; init; } = 0.25;

    /// <summary>The factor of the contrast is uniform in 1 +- this, in [0, 1]. Default 0.25 (Engstrom et al. 2019).</summary>
    public double Contrast { get; init; } = 0.25;

    /// <summary>The factor of the saturation is uniform in 1 +- this, in [0, 1]. Default 0.25 (Engstrom et al. 2019).</summary>
    public double Saturation { get; init; } = 0.25;

    /// <summary>
    /// The turn of the hue is uniform in +- this, in [0, 0.5] turns: a third makes red green. Default 0 (Engstrom et al. 2019).
    /// </summary>
    public double Hue { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
        [.. Rule.InClosed(Brightness, 0, 1), .. Rule.InClosed(Contrast, 0, 1), .. Rule.InClosed(Saturation, 0, 1), .. Rule.InClosed(Hue, 0, 0.5)];

    /// <inheritdoc/>
    public Tensor Apply(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        this.ThrowIfInvalid();
        AugmentedBatch.Check(images, examples);
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = PixelArithmetic.InUnits(images);
        Tensor draws = noise.For(TypeName).Uniform(examples, [3, 1, 1, 1], device: images.device).to(pixels.dtype).Times(2.0).Minus(1);
        pixels = Blended(pixels, pixels.FilledLike(0), draws.select(1, 0), Brightness);
        pixels = Blended(pixels, Grey(pixels).mean([1, 2, 3], keepdim: true), draws.select(1, 1), Contrast);
        if (images.shape[1] > 1)
            pixels = Blended(pixels, Grey(pixels), draws.select(1, 2), Saturation);
        if (Hue > 0 && images.shape[1] == 3)
            pixels = Turned(pixels, noise.For(TypeName).For("hue").Uniform(examples, [1, 1], device: images.device).to(pixels.dtype).Times(2.0).Minus(1).Times(Hue));
        return PixelArithmetic.InTypeOf(images, pixels).MoveToOuterDisposeScope();
    }

    // factor * pixels + (1 - factor) * base = base + factor * (pixels - base)
    private static Tensor Blended(Tensor pixels, Tensor basis, Tensor draw, double strength)
    {
        Tensor factor = draw.Times(strength).Plus(1);
        return basis.Plus(pixels.sub(basis).mul(factor)).Clamped(0, 1);
    }

    // Hue in sixths of a turn, red at 0; each channel then falls from the largest value by the chroma, by its distance on the hexagon.
    private static Tensor Turned(Tensor pixels, Tensor turns)
    {
        Tensor red = pixels.select(1, 0), green = pixels.select(1, 1), blue = pixels.select(1, 2);
        Tensor largest = pixels.amax([1]), chroma = largest.sub(pixels.amin([1]));
        Tensor divisor = where(chroma.IsAbove(0), chroma, chroma.FilledLike(1));
        Tensor hue = where(largest.eq(red), green.sub(blue).div(divisor),
            where(largest.eq(green), blue.sub(red).div(divisor).Plus(2), red.sub(green).div(divisor).Plus(4)));
        hue = hue.Plus(turns.Times(6));
        return stack([Channel(5), Channel(3), Channel(1)], 1);

        Tensor Channel(int offset)
        {
            Tensor place = hue.Plus(offset).Modulo(6);
            return largest.sub(chroma.mul(minimum(place, place.Times(-1).Plus(4)).Clamped(0, 1)));
        }
    }

    private static Tensor Grey(Tensor pixels) => pixels.shape[1] == 3
        ? pixels.mul(tensor(new[] { 0.299, 0.587, 0.114 }).to(pixels.dtype, pixels.device).view(1, 3, 1, 1)).sum(1, keepdim: true)
        : pixels.mean([1], keepdim: true);
}
