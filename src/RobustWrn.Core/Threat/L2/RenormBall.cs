using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The Euclidean geometry of the published TRADES code (Zhang et al. 2019, arXiv 1901.08573, l_2): the gradient divided by its
/// length, the perturbation first clamped to [0, 1] and then shortened to the radius.
/// <see cref="L2Threat"/> shortens first and clamps afterwards.
/// </summary>
/// <param name="Radius">The largest Euclidean length, for pixels in [0, 1].</param>
public sealed record RenormBall(double Radius) : IBall
{
    // What torch.renorm adds to a length before it divides by it; kept so that published numbers are met.
    private const double NormOffset = 1e-7;

    /// <inheritdoc/>
    public Tensor SteepestDirection(Tensor gradient) => gradient.EuclideanDirections();

    /// <inheritdoc/>
    public Tensor Project(Tensor candidates, Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor move = candidates.Clamped(0, 1) - images;
        Tensor length = move.EuclideanLengths();
        Tensor factor = where(length.IsAbove(Radius), length.Plus(NormOffset).reciprocal_().TimesInPlace(Radius), ones_like(length));
        return images.Plus(move * factor).ClampInPlace(0, 1).MoveToOuterDisposeScope();
    }
}
