using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Euclidean lengths and directions of the rows of a tensor at any scale. A row is divided by its largest absolute value, to a power of
/// two, before its values are squared, so that squares
/// neither vanish (float32: values below 1e-23) nor overflow (above 1e19), and no small number is added to a length that could outweigh it.
/// Dividing by a power of two rounds nothing.
/// </summary>
/// <remarks>
/// A row is what belongs to one index of the first dimension. Multiplying it by a power of two changes no bit of its direction, as long as
/// its values stay exact. A row that holds NaN or
/// infinity has no direction: it becomes NaN.
/// </remarks>
public static class EuclideanRows
{
    // The largest value of a row is at least 1 when its squares are added, so only a row of zeros is shorter.
    private const double ShorterThanAny = 0.5;

    /// <summary>
    /// The largest power of two that is at most the largest absolute value of each row, and 1 for a row of zeros: what can be divided by.
    /// </summary>
    /// <param name="rows">(N, ...), of two dimensions or more.</param>
    /// <returns>(N, 1, ...), of as many dimensions. The caller disposes it.</returns>
    public static Tensor RowScale(this Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using DisposeScope scope = NewDisposeScope();
        Tensor largest = rows.flatten(1).abs().amax([1]);
        largest = largest.FilledWhere(largest.IsEqualTo(0), 1);
        // From a mantissa in [1/2, 1), doubled; the power above it may be beyond the largest number.
        (Tensor mantissa, _) = largest.frexp();
        return (largest / mantissa.TimesInPlace(2)).reshape(Column(rows)).MoveToOuterDisposeScope();
    }

    /// <summary>The Euclidean length of each row.</summary>
    /// <param name="rows">(N, ...), of two dimensions or more.</param>
    /// <returns>(N, 1, ...), of as many dimensions. The caller disposes it.</returns>
    public static Tensor EuclideanLengths(this Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scale = rows.RowScale();
        return Lengths(rows / scale).mul_(scale).MoveToOuterDisposeScope();
    }

    /// <summary>Each row divided by its Euclidean length.</summary>
    /// <param name="rows">(N, ...), of two dimensions or more.</param>
    /// <returns>Of the same shape; a row of zeros stays zero. The caller disposes it.</returns>
    public static Tensor EuclideanDirections(this Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scaled = rows / rows.RowScale();
        return scaled.div_(Lengths(scaled).ClampInPlace(ShorterThanAny, double.PositiveInfinity)).MoveToOuterDisposeScope();
    }

    private static Tensor Lengths(Tensor scaled) => scaled.flatten(1).norm(1, keepdim: false, p: 2).reshape(Column(scaled));

    private static long[] Column(Tensor rows)
    {
        long[] shape = new long[rows.dim()];
        Array.Fill(shape, 1);
        shape[0] = rows.shape[0];
        return shape;
    }
}
