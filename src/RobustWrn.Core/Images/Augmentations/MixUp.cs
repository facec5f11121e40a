using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Averages each image with another of its batch, and their labels likewise (Zhang et al. 2018, arXiv 1710.09412):
/// x = s x1 + (1 - s) x2 with s of Beta(alpha, alpha).
/// </summary>
/// <remarks>The authors' code draws one s a batch; here each example draws its own, so that it does not depend on the batch.</remarks>
public sealed record MixUp : IBatchAugmentation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "mixup";

    /// <summary>
    /// Both parameters of the beta distribution of the shares, in [0.01, 100]. Default 1, uniform shares, as Zhang et al. take for CIFAR;
    /// 0.2 for ImageNet.
    /// </summary>
    public double Alpha { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.InClosed(Alpha, 0.01, 100);

    /// <inheritdoc/>
    public MixedBatch Apply(Tensor images, Tensor labels, RandomStream noise, ReadOnlySpan<long> examples)
    {
        this.ThrowIfInvalid();
        AugmentedBatch.Check(images, labels, examples);
        using DisposeScope scope = NewDisposeScope();
        RandomStream stream = noise.For(TypeName);
        float[] shares = new float[examples.Length];
        for (int i = 0; i < shares.Length; i++)
            shares[i] = (float)SymmetricBeta.Draw(stream.Sequence(examples[i]), Alpha);
        Tensor partners = tensor(MixingPartners.Of(stream.For("partner"), examples), device: images.device);
        Tensor pixels = PixelArithmetic.InUnits(images), share = tensor(shares, device: images.device).to(pixels.dtype).view(-1, 1, 1, 1);
        Tensor mixed = pixels.mul(share).Plus(pixels.index_select(0, partners).mul(share.Times(-1.0).Plus(1)));
        return new MixedBatch(PixelArithmetic.InTypeOf(images, mixed.Clamped(0, 1)).MoveToOuterDisposeScope(), MixingPartners.Labels(labels, partners, shares));
    }
}
