using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The pattern of a window under L2 and L1: two pyramids of opposite sign, one above the other, each a sum of centred rectangles of which the k-th weighs 1 / k^q,
/// the whole scaled to length 1 in the norm (Andriushchenko et al. 2020, section 3.3). q is 2 under L2 and, in the published code, 4 under L1.
/// </summary>
internal sealed class SquarePyramids(int power) : IDisposable
{
    private readonly Dictionary<int, (Tensor Standing, Tensor Turned)> _patterns = [];

    /// <summary>The patterns of one query, with sign, (n, C, side * side).</summary>
    public Tensor Pattern(SquareWindowPair pair, Tensor like)
    {
        (Tensor standing, Tensor turned) = Of(pair.Side, like);
        Tensor pattern = where(pair.Turned, turned, standing);
        return where(pair.Up, pattern, -pattern);
    }

    /// <summary>A grid of patterns over the images, five in each direction where the size allows it, each with its own direction and signs, (n, C, H, W).</summary>
    public Tensor Grid(UnfooledBatch batch, RandomStream noise)
    {
        Tensor images = batch.Images;
        (long n, long channels, long height, long width) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3]);
        long side = Math.Max(1, Math.Min(height, width) / 5), border = Math.Max(0, (Math.Min(height, width) - 5 * side) / 2);
        long rows = (height - border) / side, columns = (width - border) / side;
        Tensor draws = noise.Uniform(batch.Examples.AsSpan(), [rows * columns, 1 + channels], device: images.device);
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
        double[] values = new double[side * side];
        int upper = side / 2;
        Add(values, side, from: 0, upper, sign: 1);
        Add(values, side, from: upper, side - upper, sign: -1);
        return Scaled(values, 0, values.Length);
    }

    private void Add(double[] values, int side, int from, int height, int sign)
    {
        if (height == 0)
            return;
        int middleRow = height / 2, middleColumn = side / 2;
        for (int k = 0; k <= Math.Max(middleRow, middleColumn); k++)
        {
            for (int row = Math.Max(middleRow - k, 0); row < Math.Min(middleRow + k + 1, height); row++)
            {
                for (int column = Math.Max(middleColumn - k, 0); column < Math.Min(middleColumn + k + 1, side); column++)
                    values[(from + row) * side + column] += sign / Math.Pow(k + 1, power);
            }
        }
        Scaled(values, from * side, height * side);
    }

    private double[] Scaled(double[] values, int from, int count)
    {
        Span<double> part = values.AsSpan(from, count);
        double length = 0;
        foreach (double value in part)
            length += power == 2 ? value * value : Math.Abs(value);
        length = power == 2 ? Math.Sqrt(length) : length;
        for (int i = 0; i < part.Length; i++)
            part[i] /= length;
        return values;
    }
}
