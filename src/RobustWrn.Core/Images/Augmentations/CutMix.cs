using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Puts a rectangle of another image of the batch into each image, at the same place, and mixes their labels by area (Yun et al.
/// 2019, arXiv 1905.04899): the rectangle has the image's aspect and the area 1 - s with s of Beta(alpha, alpha), its centre is any
/// pixel, and what lies outside is cut off.
/// </summary>
/// <remarks>
/// The authors' code draws one rectangle a batch; here each example draws its own, so that it does not depend on the batch.
/// </remarks>
public sealed record CutMix : IBatchAugmentation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "cutmix";

    /// <summary>
    /// Both parameters of the beta distribution of the shares, in [0.01, 100]. Default 1, uniform shares (Yun et al., section 3.2).
    /// </summary>
    public double Alpha { get; init; } = 1;

    /// <summary>
    /// The probability that an image is mixed at all. Default 0.5, as in the authors' commands for CIFAR; they take 1 for ImageNet.
    /// </summary>
    public double Probability { get; init; } = 0.5;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.InClosed(Alpha, 0.01, 100), .. Rule.InClosed(Probability, 0, 1)];

    /// <inheritdoc/>
    public MixedBatch Apply(Tensor images, Tensor labels, RandomStream noise, ReadOnlySpan<long> examples)
    {
        this.ThrowIfInvalid();
        AugmentedBatch.Check(images, labels, examples);
        using DisposeScope scope = NewDisposeScope();
        (long height, long width) = (images.shape[2], images.shape[3]);
        RandomStream stream = noise.For(TypeName);
        ImageBoxes boxes = new(examples.Length);
        float[] shares = new float[examples.Length];
        for (int i = 0; i < shares.Length; i++)
            shares[i] = Draw(stream.Sequence(examples[i]), boxes, i, height, width);
        Tensor partners = tensor(MixingPartners.Of(stream.For("partner"), examples), device: images.device);
        Tensor mixed = where(boxes.Mask(height, width, images.device), images.index_select(0, partners), images);
        return new MixedBatch(mixed.MoveToOuterDisposeScope(), MixingPartners.Labels(labels, partners, shares));
    }

    private float Draw(RandomSequence draws, ImageBoxes boxes, int image, long height, long width)
    {
        if (draws.NextDouble() >= Probability)
            return 1;
        double side = Math.Sqrt(1 - SymmetricBeta.Draw(draws, Alpha));
        (long top, long bottom) = Span(draws.NextInt(height), (long)(height * side), height);
        (long left, long right) = Span(draws.NextInt(width), (long)(width * side), width);
        boxes.Set(image, top, bottom, left, right);
        return (float)(1 - (double)(bottom - top) * (right - left) / (height * width));
    }

    private static (long From, long To) Span(long centre, long length, long whole) =>
        (Math.Clamp(centre - length / 2, 0, whole), Math.Clamp(centre + length / 2, 0, whole));
}
