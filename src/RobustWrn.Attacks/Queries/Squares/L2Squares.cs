using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Under L2 a window gets two pyramids of opposite sign on top of its own change, and takes the length of another window's change and whatever is left of epsilon;
/// a run starts with a grid of them (Andriushchenko et al. 2020, algorithm 3).
/// </summary>
internal sealed class L2Squares(double epsilon) : ISquareWindows
{
    // Of the published code: keeps a window without change from dividing by zero.
    private const double NormOffset = 1e-12;

    private readonly SquarePyramids _pyramids = new(power: 2);

    /// <inheritdoc/>
    public Tensor Start(UnfooledBatch batch, RandomStream noise) => Moved(batch.Images, _pyramids.Grid(batch, noise).flatten(1));

    /// <inheritdoc/>
    public Tensor Candidate(UnfooledBatch batch, RandomStream noise, double share)
    {
        SquareWindowPair pair = SquareWindowPair.Draw(batch, noise, share);
        Tensor change = (batch.Best - batch.Images).flatten(2);
        Tensor total = change.square().sum([1, 2], keepdim: true);
        Tensor old = change.gather(2, pair.First), own = old.square().sum(2, keepdim: true);
        change.scatter_(2, pair.First, zeros_like(old));
        // What both windows hold, each pixel once: the first is empty by now.
        Tensor union = change.gather(2, pair.Second).square().sum(2, keepdim: true) + own;
        change.scatter_(2, pair.Second, zeros_like(old));
        Tensor fresh = _pyramids.Pattern(pair, batch.Images) + old / own.sqrt().Plus(NormOffset);
        Tensor left = maximum(total.FilledLike(epsilon * epsilon) - total, zeros_like(total)).Over(batch.Images.shape[1]);
        Tensor length = (left + union).sqrt_() / fresh.square().sum(2, keepdim: true).sqrt().Plus(NormOffset);
        change.scatter_(2, pair.First, fresh.mul_(length));
        return Moved(batch.Images, change.flatten(1));
    }

    /// <inheritdoc/>
    public void Dispose() => _pyramids.Dispose();

    private Tensor Moved(Tensor images, Tensor change)
    {
        Tensor factor = change.square().sum(1, keepdim: true).sqrt_().PlusInPlace(NormOffset).reciprocal_().TimesInPlace(epsilon);
        return (change * factor).reshape(images.shape).add_(images).ClampInPlace(0, 1);
    }
}
