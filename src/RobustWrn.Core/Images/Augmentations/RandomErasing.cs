using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Covers one rectangle of some images with random pixels (Zhong et al. 2017, arXiv 1708.04896, algorithm 1):
/// its area and aspect are drawn until it fits where it was drawn to lie.
/// </summary>
/// <remarks>Of the authors' four ways to fill it, this is the one they recommend: each pixel random.</remarks>
public sealed record RandomErasing : IAugmentation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "random-erasing";

    // Algorithm 1 draws for ever. With the defaults one draw in about three fits; an image that none fits stays whole.
    private const int Attempts = 100;

    /// <summary>The probability that an image is changed at all. Default 0.5 (Zhong et al., section 4.2).</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>The least share of the image's area. Default 0.02 (Zhong et al., section 4.2).</summary>
    public double LeastArea { get; init; } = 0.02;

    /// <summary>The largest share of the image's area. Default 0.4 (Zhong et al., section 4.2).</summary>
    public double LargestArea { get; init; } = 0.4;

    /// <summary>The least quotient of height and width; the largest is its reciprocal. Default 0.3 (Zhong et al., section 4.2).</summary>
    public double LeastAspect { get; init; } = 0.3;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.InClosed(Probability, 0, 1), .. Rule.InClosed(LeastArea, 0, 1), .. Rule.InClosed(LargestArea, LeastArea, 1), .. Rule.InClosed(LeastAspect, 0.01, 1),
    ];

    /// <inheritdoc/>
    public Tensor Apply(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        this.ThrowIfInvalid();
        AugmentedBatch.Check(images, examples);
        using DisposeScope scope = NewDisposeScope();
        (long channels, long height, long width) = (images.shape[1], images.shape[2], images.shape[3]);
        RandomStream stream = noise.For(TypeName);
        ImageBoxes boxes = new(examples.Length);
        for (int i = 0; i < examples.Length; i++)
            Draw(stream.Sequence(examples[i]), boxes, i, height, width);
        Tensor pixels = stream.For("fill").Uniform(examples, [channels, height, width], device: images.device);
        return where(boxes.Mask(height, width, images.device), PixelArithmetic.InTypeOf(images, pixels), images).MoveToOuterDisposeScope();
    }

    private void Draw(RandomSequence draws, ImageBoxes boxes, int image, long height, long width)
    {
        if (draws.NextDouble() >= Probability)
            return;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double area = Between(draws, LeastArea, LargestArea) * height * width, aspect = Between(draws, LeastAspect, 1 / LeastAspect);
            (long rows, long columns) = ((long)Math.Round(Math.Sqrt(area * aspect)), (long)Math.Round(Math.Sqrt(area / aspect)));
            (long top, long left) = (draws.NextInt(height), draws.NextInt(width));
            if (top + rows > height || left + columns > width)
                continue;
            boxes.Set(image, top, top + rows, left, left + columns);
            return;
        }
    }

    private static double Between(RandomSequence draws, double low, double high) => low + (high - low) * draws.NextDouble();
}
