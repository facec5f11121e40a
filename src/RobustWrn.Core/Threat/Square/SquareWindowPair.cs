using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The random choices of one query of <see cref="PyramidSquares"/>, for each image: a window that changes and one that is emptied, a
/// direction and signs.
/// </summary>
/// <param name="Side">The side of both windows.</param>
/// <param name="First">Where the pixels of the window that changes lie in a channel, int64 (n, C, side * side).</param>
/// <param name="Second">Where those of the other lie.</param>
/// <param name="Turned">Whether the pyramids stand side by side, not on top of each other, (n, 1, 1).</param>
/// <param name="Up">Whether a channel's change is turned round, (n, C, 1).</param>
internal sealed record SquareWindowPair(int Side, Tensor First, Tensor Second, Tensor Turned, Tensor Up)
{
    /// <summary>Draws; each image from its own stream.</summary>
    public static SquareWindowPair Draw(SquareQuery query)
    {
        (long channels, long height, long width) = (query.Images.shape[1], query.Images.shape[2], query.Images.shape[3]);
        int side = SquareSchedule.OddSide(query.Share, height, width);
        Tensor draws = query.Noise.Uniform(query.Examples.AsSpan(), [5 + channels], device: query.Images.device);
        Tensor line = ScalarArithmetic.Counting(side, draws.device);
        Tensor inside = line.Times(width).unsqueeze(1).Plus(line).flatten();
        return new SquareWindowPair(
            side,
            Window(0),
            Window(2),
            draws.narrow(1, 4, 1).IsAbove(0.5).unsqueeze(2),
            draws.narrow(1, 5, channels).IsAtLeast(0.5).unsqueeze(2));

        Tensor Window(int column)
        {
            Tensor first = Position(draws, column, height - side).Times(width).Plus(Position(draws, column + 1, width - side));
            return first.Plus(inside).unsqueeze(1).expand(-1, channels, -1);
        }
    }

    // floor(u * range): never the last position.
    private static Tensor Position(Tensor draws, int column, long range) =>
        draws.narrow(1, column, 1).Times((double)range).to(ScalarType.Int64);
}
