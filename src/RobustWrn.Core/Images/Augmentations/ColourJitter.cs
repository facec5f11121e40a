using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Changes brightness, then contrast, then saturation, each by a factor of its own for each image, and clamps to [0, 1] after each. The defaults are those of
/// the robustness library for CIFAR (Engstrom et al. 2019), which takes 0.1 each for ImageNet. The hue stays.
/// </summary>
/// <remarks>
/// Contrast moves pixels from the mean brightness of their image, saturation from their own brightness, which is 0.299 red + 0.587 green + 0.114 blue
/// (ITU-R BT.601), or the mean over the channels of images that have not three. Greyscale images have no saturation.
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

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.InClosed(Brightness, 0, 1), .. Rule.InClosed(Contrast, 0, 1), .. Rule.InClosed(Saturation, 0, 1)];

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
        return PixelArithmetic.InTypeOf(images, pixels).MoveToOuterDisposeScope();
    }

    // factor * pixels + (1 - factor) * base = base + factor * (pixels - base)
    private static Tensor Blended(Tensor pixels, Tensor basis, Tensor draw, double strength)
    {
        Tensor factor = draw.Times(strength).Plus(1);
        return basis.Plus(pixels.sub(basis).mul(factor)).Clamped(0, 1);
    }

    private static Tensor Grey(Tensor pixels) => pixels.shape[1] == 3
        ? pixels.mul(tensor(new[] { 0.299, 0.587, 0.114 }).to(pixels.dtype, pixels.device).view(1, 3, 1, 1)).sum(1, keepdim: true)
        : pixels.mean([1], keepdim: true);
}
