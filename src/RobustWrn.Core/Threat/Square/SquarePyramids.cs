using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The pattern of a window of <see cref="PyramidSquares"/>: two pyramids of opposite sign, one above the other, each a sum of
/// centred rectangles of which the k-th weighs 1 / k^q,
/// each pyramid and the whole scaled to length 1 (Andriushchenko et al. 2020, section 3.3).
/// </summary>
/// <param name="steepness">q: 2 under L2 and, in the published code, 4 under L1.</param>
/// <param name="length">The norm of a vector.</param>
public sealed class SquarePyramids(int steepness, Func<double[], double> length) : IDisposable
{
    private readonly Dictionary<int, (Tensor Standing, Tensor Turned)> _patterns = [];

    /// <summary>The patterns of one query, with sign, (n, C, side * side).</summary>
    internal Tensor Pattern(SquareWindowPair pair, Tensor like)
    {
        (Tensor standing, Tensor turned) = Of(pair.Side, like);
        Tensor pattern = where(pair.Turned, turned, standing);
        return where(pair.Up, pattern, -pattern);
    }

    /// <summary>
    /// A grid of patterns over the images, five in each direction where the size allows it, each with its own direction and signs,
    /// (n, C, H, W).
    /// </summary>
    internal Tensor Grid(SquareQuery query)
    {
        Tensor images = query.Images;
        (long n, long channels, long height, long width) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3]);
        long side = Math.Max(1, Math.Min(height, width) / 5), border = Math.Max(0, (Math.Min(height, width) - 5 * side) / 2);
        long rows = (height - border) / side, columns = (width - border) / side;
        Tensor draws = query.Noise.Uniform(query.Examples.AsSpan(), [rows * columns, 1 + channels], device: images.device);
        (Tensor standing, Tensor turned) = Of((int)side, images);
        Tensor pattern = where(draws.narrow(2, 0, 1).IsAbove(0.5).unsqueeze(2), turned, standing);
        Tensor up = draws.narrow(2, 1, channels).IsAtLeast(0.5).unsqueeze(3);
        Tensor tiles = where(up, pattern, -pattern).reshape(n, rows, columns, channels, side, side);
        Tensor grid = zeros_like(images);
        grid.narrow(2, border, rows * side).narrow(3, border, columns * side).copy_(
            tiles.permute(0, 3, 1, 4, 2, 5).reshape(n, channels, rows * side, columns * side));
        return grid;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((Tensor standing, Tensor turned) in _patterns.Values)
        {
            standing.Dispose();
            turned.Dispose();
        }
    }

    private (Tensor Standing, Tensor Turned) Of(int side, Tensor like)
    {
        if (_patterns.TryGetValue(side, out (Tensor, Tensor) known))
            return known;
        using DisposeScope scope = NewDisposeScope();
        Tensor standing = tensor(Values(side), [side, side]).to(like.dtype, like.device);
        Tensor turned = standing.t().contiguous().flatten().DetachFromDisposeScope();
        return _patterns[side] = (standing.flatten().DetachFromDisposeScope(), turned);
    }

    private double[] Values(int side)
    {
        int upper = side / 2;
        return Scaled([.. Pyramid(upper, side), .. Pyramid(side - upper, side).Select(value => -value)]);
    }

    private double[] Pyramid(int height, int width)
    {
        double[] values = new double[height * width];
        int middleRow = height / 2, middleColumn = width / 2;
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                int innermost = Math.Max(Math.Abs(row - middleRow), Math.Abs(column - middleColumn));
                for (int k = innermost; k <= Math.Max(middleRow, middleColumn); k++)
                    values[row * width + column] += 1 / Math.Pow(k + 1, steepness);
            }
        }
        return Scaled(values);
    }

    private double[] Scaled(double[] values)
    {
        double whole = values.Length == 0 ? 1 : length(values);
        return [.. values.Select(value => value / whole)];
    }
}
