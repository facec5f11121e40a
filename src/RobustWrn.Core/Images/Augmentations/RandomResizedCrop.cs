using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Cuts a box of random area and aspect out of each image and enlarges it to the old size: the augmentation of networks for ImageNet
/// (Szegedy et al. 2015, arXiv 1409.4842, section 6), with the conventions of torchvision's RandomResizedCrop.
/// </summary>
/// <remarks>
/// A box that does not fit is drawn anew, up to ten times; then the largest box of an allowed aspect in the middle is taken.
/// Bilinear, from the pixels of the box alone; a box is never larger than the result, so that nothing is averaged away.
/// </remarks>
public sealed record RandomResizedCrop : IAugmentation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "random-resized-crop";

    private const int Attempts = 10;

    /// <summary>The least share of the image's area, in (0, 1]. Default 0.08 (Szegedy et al. 2015).</summary>
    public double LeastArea { get; init; } = 0.08;

    /// <summary>The largest share of the image's area, at most 1. Default 1 (Szegedy et al. 2015).</summary>
    public double LargestArea { get; init; } = 1;

    /// <summary>The least quotient of width and height; the largest is its reciprocal. Default 3/4 (Szegedy et al. 2015).</summary>
    public double LeastAspect { get; init; } = 0.75;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
        [.. Rule.Share(LeastArea), .. Rule.InClosed(LargestArea, LeastArea, 1), .. Rule.InClosed(LeastAspect, 0.01, 1)];

    /// <inheritdoc/>
    public Tensor Apply(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        this.ThrowIfInvalid();
        AugmentedBatch.Check(images, examples);
        using DisposeScope scope = NewDisposeScope();
        long[] numbers = new long[4 * examples.Length];
        for (int i = 0; i < examples.Length; i++)
            (numbers[4 * i], numbers[4 * i + 1], numbers[4 * i + 2], numbers[4 * i + 3]) = Box(noise.For(TypeName).Sequence(examples[i]), images.shape[2], images.shape[3]);
        Tensor boxes = tensor(numbers).to(images.device).reshape(-1, 4), pixels = PixelArithmetic.InUnits(images);
        pixels = Enlarged(pixels, boxes.narrow(1, 0, 1), boxes.narrow(1, 1, 1), 2);
        pixels = Enlarged(pixels, boxes.narrow(1, 2, 1), boxes.narrow(1, 3, 1), 3);
        return PixelArithmetic.InTypeOf(images, pixels).MoveToOuterDisposeScope();
    }

    /// <summary>The box of an image.</summary>
    internal (long Top, long Rows, long Left, long Columns) Box(RandomSequence draws, long height, long width)
    {
        double logarithm = Math.Log(LeastAspect);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double area = (LeastArea + (LargestArea - LeastArea) * draws.NextDouble()) * height * width, aspect = Math.Exp(logarithm * (1 - 2 * draws.NextDouble()));
            (long rows, long columns) = ((long)Math.Round(Math.Sqrt(area / aspect)), (long)Math.Round(Math.Sqrt(area * aspect)));
            if (rows >= 1 && rows <= height && columns >= 1 && columns <= width)
                return (draws.NextInt(height - rows + 1), rows, draws.NextInt(width - columns + 1), columns);
        }
        long high = Math.Clamp((long)Math.Round(width / LeastAspect), 1, height), wide = Math.Clamp((long)Math.Round(height / LeastAspect), 1, width);
        return ((height - high) / 2, high, (width - wide) / 2, wide);
    }

    // Along rows or columns: the centre of pixel i of the result lies at (i + 1/2) count / size - 1/2 of the box.
    private static Tensor Enlarged(Tensor pixels, Tensor first, Tensor count, int dimension)
    {
        using DisposeScope scope = NewDisposeScope();
        long size = pixels.shape[dimension];
        Tensor place = ScalarArithmetic.Counting(size, pixels.device).to(ScalarType.Float64).Plus(0.5).unsqueeze(0).mul(count.to(ScalarType.Float64)).Over(size).Minus(0.5);
        place = minimum(place.Clamped(0, size), count.Minus(1).to(ScalarType.Float64));
        Tensor low = place.floor(), high = minimum(low.Plus(1), count.Minus(1).to(ScalarType.Float64));
        long[] shape = dimension == 2 ? [-1, 1, size, 1] : [-1, 1, 1, size];
        Tensor weight = place.sub(low).to(pixels.dtype).reshape(shape), near = At(low), far = At(high);
        return near.Plus(far.sub(near).mul(weight)).MoveToOuterDisposeScope();

        Tensor At(Tensor offset) => pixels.gather(dimension, offset.to(ScalarType.Int64).Plus(first).reshape(shape).expand(pixels.shape));
    }
}
