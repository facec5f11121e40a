using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Under Linf every pixel of a window goes to the end of its interval, all of a channel to the same one; a run starts with vertical stripes
/// (Andriushchenko et al. 2020, algorithm 2).
/// </summary>
internal sealed class LinfSquares(double epsilon) : ISquareWindows
{
    private Tensor? _images, _low, _high;

    /// <inheritdoc/>
    public Tensor Start(UnfooledBatch batch, RandomStream noise)
    {
        (Tensor low, Tensor high) = Ends(batch.Images);
        Tensor up = noise.Uniform(batch.Examples.AsSpan(), [low.shape[1], 1, low.shape[3]], device: low.device).IsAtLeast(0.5);
        return where(up, high, low);
    }

    /// <inheritdoc/>
    public QueryCandidate Candidate(UnfooledBatch batch, RandomStream noise, double share)
    {
        (Tensor low, Tensor high) = Ends(batch.Images);
        (long channels, long height, long width) = (low.shape[1], low.shape[2], low.shape[3]);
        int side = SquareSchedule.Side(share, height, width);
        Tensor draws = noise.Uniform(batch.Examples.AsSpan(), [2 + channels], device: low.device);
        (Tensor row, Tensor column) = (First(draws, 0, height, side), First(draws, 1, width, side));
        Tensor inside = Covered(row, height, side).unsqueeze(2) & Covered(column, width, side).unsqueeze(1);
        Tensor up = draws.narrow(1, 2, channels).IsAtLeast(0.5).reshape(-1, channels, 1, 1);
        return new QueryCandidate(where(inside.unsqueeze(1), where(up, high, low), batch.Best), new PixelWindow(Places(row), Places(column), side));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _low?.Dispose();
        _high?.Dispose();
    }

    // (n, 1): floor(u * (length - side)), so never the last one possible.
    private static Tensor First(Tensor draws, int column, long length, int side) => draws.narrow(1, column, 1).Times((double)(length - side)).floor();

    // (n, length): whether a line lies in the window.
    private static Tensor Covered(Tensor first, long length, int side)
    {
        Tensor line = ScalarArithmetic.Counting(length, first.device).to(first.dtype);
        return line.ge(first) & line.lt(first.Plus(side));
    }

    private static long[] Places(Tensor first) => first.to(ScalarType.Int64).cpu().data<long>().ToArray();

    private (Tensor Low, Tensor High) Ends(Tensor images)
    {
        if (!ReferenceEquals(_images, images) || _low is null || _high is null)
        {
            Dispose();
            _images = images;
            _low = images.Minus(epsilon).ClampInPlace(0, 1).DetachFromDisposeScope();
            _high = images.Plus(epsilon).ClampInPlace(0, 1).DetachFromDisposeScope();
        }
        return (_low, _high);
    }
}
