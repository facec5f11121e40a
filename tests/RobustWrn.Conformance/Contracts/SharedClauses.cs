using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Contracts;

/// <summary>Clauses that several contracts have.</summary>
internal static class SharedClauses
{
    /// <summary>Sound with its defaults, and the same after it was written and read.</summary>
    public static void DescribesItself<T>(T description)
        where T : IDescription
    {
        Assert.Empty(description.Problems());
        Assert.Empty(description.StorageProblems("it"));
        Assert.Equal(description, DescriptionJson.Read<T>(DescriptionJson.Write(description)));
    }

    /// <summary>After a first time, which may build what stays, nothing is left over.</summary>
    public static void ReleasesItsTensors(Action work)
    {
        work();
        long baseline = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int run = 0; run < 3; run++)
            work();
        Assert.Equal(baseline, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    /// <summary>Normal numbers, the same for the same shape and seed.</summary>
    public static Tensor Numbers(ReadOnlySpan<long> shape, ScalarType dtype = ScalarType.Float64, long seed = 3)
    {
        long[] rows = new long[shape[0]];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = i;
        return RandomStream.From(seed).For("contract").Normal(rows, shape[1..], dtype);
    }

    public static void AssertEqual(Tensor expected, Tensor actual, double within, string what)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        double far = expected.to(ScalarType.Float64).sub(actual.to(ScalarType.Float64)).abs().max().item<double>();
        double size = Math.Max(1, expected.to(ScalarType.Float64).abs().max().item<double>());
        Assert.True(far <= within * size, $"{what}: they differ by {far:g3} at a size of {size:g3}");
    }
}
