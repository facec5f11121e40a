using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>One number for each row of a tensor.</summary>
internal static class RowNumbers
{
    /// <summary>The length of each row in float64, all dimensions but the first flattened.</summary>
    /// <returns>(N). The caller disposes it.</returns>
    public static Tensor RowLength(this Tensor rows, VectorNorm norm)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = rows.flatten(1).to(ScalarType.Float64);
        Tensor lengths = norm switch
        {
            VectorNorm.L1 => flat.abs().sum(1),
            VectorNorm.L2 => flat.Squared().sum(1).sqrt(),
            VectorNorm.Linf => flat.abs().amax([1]),
            _ => throw new ArgumentOutOfRangeException(nameof(norm), norm, "the norm must be L1, L2 or Linf."),
        };
        return lengths.MoveToOuterDisposeScope();
    }

    /// <summary>The numbers of a tensor, on this side.</summary>
    public static double[] ToDoubles(this Tensor numbers)
    {
        using DisposeScope scope = NewDisposeScope();
        return numbers.detach().to(ScalarType.Float64, CPU).contiguous().data<double>().ToArray();
    }
}
