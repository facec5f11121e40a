using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Shifts each image by up to <see cref="Padding"/> pixels down or up and left or right; what comes in from outside is zero (black).
/// </summary>
public sealed record RandomCrop : IAugmentation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "random-crop";

    /// <summary>
    /// Zeros added on each side before the crop to the old size. Default 4, for 32x32 images (He et al. 2016, arXiv 1512.03385,
    /// section 4.2; Huang et al. 2021).
    /// </summary>
    public int Padding { get; init; } = 4;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.NotNegative(Padding, most: SpecLimits.LargestSide);

    /// <inheritdoc/>
    public Tensor Apply(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        this.ThrowIfInvalid();
        AugmentedBatch.Check(images, examples);
        using DisposeScope scope = NewDisposeScope();
        (long n, long channels, long height, long width) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3]);
        long paddedWidth = width + 2 * Padding;
        Tensor padded = nn.functional.pad(images, [Padding, Padding, Padding, Padding]).reshape(n, channels, -1);
        // Uniform draws are multiples of 2^-24 below 1, so the product stays below 2 * Padding + 1 for every padding an image can use.
        Tensor shift = noise.For(TypeName).Uniform(examples, [2], device: images.device).Times(2.0 * Padding + 1).floor().to(ScalarType.Int64);
        Tensor rows = ScalarArithmetic.Counting(height, images.device).unsqueeze(0).Plus(shift.select(1, 0).unsqueeze(1));
        Tensor columns = ScalarArithmetic.Counting(width, images.device).unsqueeze(0).Plus(shift.select(1, 1).unsqueeze(1));
        Tensor positions = rows.Times(paddedWidth).unsqueeze(2).Plus(columns.unsqueeze(1));
        return padded.gather(2, positions.reshape(n, 1, -1).expand(n, channels, height * width)).reshape(images.shape).MoveToOuterDisposeScope();
    }
}
