using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>One number for each row of a tensor.</summary>
internal static class RowNumbers
{
    /// <summary>The length of each row in float64, all dimensions but the first flattened.</summary>
    /// <returns>(N). The caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">The norm, which may be a user's, gives something else.</exception>
    public static Tensor RowLength(this Tensor rows, IVectorNorm norm)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor lengths = norm.Of(rows.flatten(1).to(ScalarType.Float64));
        if (lengths.dtype != ScalarType.Float64 || lengths.dim() != 1 || lengths.shape[0] != rows.shape[0])
        {
            throw new InvalidOperationException($"{norm.GetType().Name}.{nameof(IVectorNorm.Of)} must give one float64 number for each of "
                + $"{rows.shape[0]} rows, got ({string.Join(", ", lengths.shape)}) {lengths.dtype}.");
        }
        return lengths.MoveToOuterDisposeScope();
    }

    /// <summary>The numbers of a tensor, on this side.</summary>
    public static double[] ToDoubles(this Tensor numbers)
    {
        using DisposeScope scope = NewDisposeScope();
        return numbers.detach().to(ScalarType.Float64, CPU).contiguous().data<double>().ToArray();
    }
}
