using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Under Linf every pixel of a window goes to the end of its interval, all of a channel to the same one; a run starts with vertical stripes
/// (Andriushchenko et al. 2020, algorithm 2).
/// </summary>
internal sealed class LinfSquares(double epsilon) : ISquareWindows
{
    private Tensor? _images, _low, _high;

    /// <inheritdoc/>
    public Tensor Start(SquareQuery query)
    {
        (Tensor low, Tensor high) = Ends(query.Images);
        Tensor up = query.Noise.Uniform(query.Examples.AsSpan(), [low.shape[1], 1, low.shape[3]], device: low.device).IsAtLeast(0.5);
        return where(up, high, low);
    }

    /// <inheritdoc/>
    public (Tensor Points, PixelWindow? Window) Candidate(SquareQuery query)
    {
        (Tensor low, Tensor high) = Ends(query.Images);
        (long channels, long height, long width) = (low.shape[1], low.shape[2], low.shape[3]);
        int side = SquareSchedule.Side(query.Share, height, width);
        Tensor draws = query.Noise.Uniform(query.Examples.AsSpan(), [2 + channels], device: low.device);
        (Tensor row, Tensor column) = (First(draws, 0, height, side), First(draws, 1, width, side));
        Tensor inside = Covered(row, height, side).unsqueeze(2) & Covered(column, width, side).unsqueeze(1);
        Tensor up = draws.narrow(1, 2, channels).IsAtLeast(0.5).reshape(-1, channels, 1, 1);
        Tensor points = where(inside.unsqueeze(1), where(up, high, low), query.Best);
        return (points, new PixelWindow(Places(row), Places(column), side));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _low?.Dispose();
        _high?.Dispose();
    }

    // (n, 1): floor(u * (length - side)), so never the last one possible.
    private static Tensor First(Tensor draws, int column, long length, int side) =>
        draws.narrow(1, column, 1).Times((double)(length - side)).floor();

    // (n, length): whether a line lies in the window.
    private static Tensor Covered(Tensor first, long length, int side)
    {
        Tensor line = ScalarArithmetic.Counting(length, first.device).to(first.dtype);
        return line.ge(first) & line.lt(first.Plus(side));
    }

    private static ValueList<long> Places(Tensor first) => new(first.to(ScalarType.Int64).cpu().data<long>().ToArray());

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
