using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Windows under L1, as AutoAttack's code has them (Croce and Hein 2021, arXiv 2103.01208): steeper pyramids, and the exact projection onto
/// ball and box.
/// </summary>
internal sealed class L1Squares(L1Threat threat) : PyramidSquares(threat.Epsilon)
{
    // Of the published code: rounding must not carry a point out of the ball.
    private readonly L1Threat _inside = threat with { Epsilon = threat.Epsilon * (1 - 1e-6) };

    /// <inheritdoc/>
    protected override SquarePyramids Pyramids { get; } = new(steepness: 4, length: values => values.Sum(Math.Abs));

    /// <inheritdoc/>
    protected override Tensor Power(Tensor change) => change.abs();

    /// <inheritdoc/>
    protected override Tensor Root(Tensor sum) => sum;

    /// <inheritdoc/>
    protected override Tensor Length(Tensor total, Tensor union, long channels)
    {
        Tensor left = total.neg().PlusInPlace(Epsilon);
        return maximum(left, zeros_like(left)).Plus(union.Times((double)channels));
    }

    /// <inheritdoc/>
    protected override Tensor Moved(Tensor images, Tensor change) => _inside.Project(images.Plus(change), images);
}
