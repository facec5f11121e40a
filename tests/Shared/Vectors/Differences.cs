using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Testing;

/// <summary>
/// Counts of values that are not where they should be. NaN is nowhere: a comparison with it is false, so that to count what lies beyond
/// a bound would count none of it.
/// </summary>
internal static class Differences
{
    /// <summary>Values that do not lie within a distance of the expected.</summary>
    public static long Count(Tensor expected, Tensor actual, double within)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor distance = (expected.detach().to(ScalarType.Float64) - actual.detach().to(ScalarType.Float64)).abs();
        return distance.IsAtMost(within).logical_not().sum().WholeNumber();
    }

    /// <summary>The share of values that do not lie within a distance of the expected.</summary>
    public static double Share(Tensor expected, Tensor actual, double within) => Count(expected, actual, within) / (double)expected.numel();

    /// <summary>The largest distance; NaN where any is.</summary>
    public static double Largest(Tensor expected, Tensor actual)
    {
        using DisposeScope scope = NewDisposeScope();
        return (expected.detach().to(ScalarType.Float64) - actual.detach().to(ScalarType.Float64)).abs().max().Number();
    }
}
