using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Whether numbers are finite, asked without reading anything back from a device.</summary>
public static class Finiteness
{
    /// <summary>
    /// 0 where all numbers are finite, NaN where one is not: answers of several tensors can be added up. Unlike the numbers' own sum it
    /// does not overflow.
    /// </summary>
    /// <param name="numbers">Any floating-point tensor.</param>
    /// <returns>A scalar, float32. The caller disposes it.</returns>
    public static Tensor NaNUnlessFinite(this Tensor numbers)
    {
        using DisposeScope scope = NewDisposeScope();
        // 0 times NaN and 0 times infinity are NaN.
        return numbers.Times(0.0).sum(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
