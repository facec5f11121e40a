using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Windows of norms whose powers add up, such as L2 and L1: a window gets two pyramids of opposite sign on top of its own change, and takes
/// over the length of another window's change and whatever is left of epsilon; a run starts with a grid of them (Andriushchenko et al.
/// 2020, algorithm 3).
/// </summary>
/// <param name="epsilon">The radius of the ball.</param>
public abstract class PyramidSquares(double epsilon) : ISquareWindows
{
    /// <summary>Keeps a window without change from dividing by zero: 1e-12, as in the published code.</summary>
    protected const double NormOffset = 1e-12;

    /// <summary>The patterns of the norm.</summary>
    protected abstract SquarePyramids Pyramids { get; }

    /// <summary>The radius of the ball.</summary>
    protected double Epsilon { get; } = epsilon;

    /// <inheritdoc/>
    public Tensor Start(SquareQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Moved(query.Images, Pyramids.Grid(query));
    }

    /// <inheritdoc/>
    public (Tensor Points, PixelWindow? Window) Candidate(SquareQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        SquareWindowPair pair = SquareWindowPair.Draw(query);
        Tensor change = (query.Best - query.Images).flatten(2);
        Tensor total = Power(change).sum([1, 2], keepdim: true);
        Tensor old = change.gather(2, pair.First), own = Power(old).sum(2, keepdim: true);
        change.scatter_(2, pair.First, zeros_like(old));
        // What both windows hold, each pixel once: the first is empty by now.
        Tensor union = Power(change.gather(2, pair.Second)).sum(2, keepdim: true).Plus(own);
        change.scatter_(2, pair.Second, zeros_like(old));
        Tensor fresh = Pyramids.Pattern(pair, query.Images).Plus(old / Root(own).Plus(NormOffset));
        fresh.mul_(Length(total, union, query.Images.shape[1]) / Root(Power(fresh).sum(2, keepdim: true)).Plus(NormOffset));
        change.scatter_(2, pair.First, fresh);
        return (Moved(query.Images, change.reshape(query.Images.shape)), null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pyramids.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Each number to the power whose sum is a length: absolute or squared.</summary>
    /// <param name="change">Of any shape; only read.</param>
    protected abstract Tensor Power(Tensor change);

    /// <summary>From a sum of powers to a length.</summary>
    /// <param name="sum">Of any shape; only read.</param>
    protected abstract Tensor Root(Tensor sum);

    /// <summary>The length that the new window gets in each channel.</summary>
    /// <param name="total">The image's sum of powers, (n, 1, 1).</param>
    /// <param name="union">That of both windows in each channel, (n, C, 1).</param>
    /// <param name="channels">C.</param>
    protected abstract Tensor Length(Tensor total, Tensor union, long channels);

    /// <summary>The images with a change, brought into the ball and into [0, 1].</summary>
    /// <param name="images">(n, C, H, W) in [0, 1].</param>
    /// <param name="change">(n, C, H, W).</param>
    protected abstract Tensor Moved(Tensor images, Tensor change);
}
