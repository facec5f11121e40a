using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Windows under L2: every change is stretched to epsilon, then clamped to [0, 1].</summary>
internal sealed class L2Squares(double epsilon) : PyramidSquares(epsilon)
{
    /// <inheritdoc/>
    protected override SquarePyramids Pyramids { get; } =
        new(steepness: 2, length: values => Math.Sqrt(values.Sum(value => value * value)));

    /// <inheritdoc/>
    protected override Tensor Power(Tensor change) => change.Squared();

    /// <inheritdoc/>
    protected override Tensor Root(Tensor sum) => sum.sqrt();

    /// <inheritdoc/>
    protected override Tensor Length(Tensor total, Tensor union, long channels)
    {
        Tensor left = total.neg().PlusInPlace(Epsilon * Epsilon);
        return maximum(left, zeros_like(left)).Over(channels).Plus(union).sqrt_();
    }

    /// <inheritdoc/>
    protected override Tensor Moved(Tensor images, Tensor change)
    {
        Tensor factor = change.Squared().sum([1, 2, 3], keepdim: true).sqrt_().PlusInPlace(NormOffset).reciprocal_().TimesInPlace(Epsilon);
        return (change * factor).PlusInPlace(images).ClampInPlace(0, 1);
    }
}
