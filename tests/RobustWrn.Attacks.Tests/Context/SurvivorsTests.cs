using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>The strongest of several runs, example by example.</summary>
public sealed class SurvivorsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly AttackContext _context =
        new(LinearModel.TwoClasses(4), zeros([3, 1, 2, 2]), zeros(3, ScalarType.Int64), ThreatModel.Linf(1)) { Examples = [7, 8, 9] };

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Take_SeveralRuns_KeepsTheStrongestAndTheFirstThatFools()
    {
        using Survivors survivors = new(_context);

        survivors.Take(Points(0.1, 0.2, 0.3), tensor([1f, float.PositiveInfinity, 3]));
        Assert.Equal([7, 9], survivors.Context().Examples);
        survivors.Take(Points(0.4, 0.5), tensor([0f, 4]));

        Assert.Equal(2, survivors.Count);
        Assert.Equal([0.1f, 0.2f, 0.5f], Values(survivors.Best()));
    }

    [Fact]
    public void Take_EverybodyFooled_LeavesNoRun()
    {
        using Survivors survivors = new(_context, fooled: tensor([true, false, false]));
        Assert.Equal([8, 9], survivors.Context().Examples);

        survivors.Take(Points(0.1, 0.2), tensor([float.PositiveInfinity, float.PositiveInfinity]));

        Assert.Equal(0, survivors.Count);
        Assert.Equal([0f, 0.1f, 0.2f], Values(survivors.Best()));
    }

    [Fact]
    public void Take_ByTheStatisticsOfTheBatch_LetsNobodyGo()
    {
        using Survivors survivors = new(_context with { BatchNorm = BatchNormMode.BatchStatistics });

        survivors.Take(Points(0.1, 0.2, 0.3), tensor([1f, float.PositiveInfinity, 3]));
        survivors.Take(Points(0.4, 0.5, 0.6), tensor([2f, float.PositiveInfinity, 1]));

        Assert.Equal(3, survivors.Count);
        Assert.Equal([0.4f, 0.2f, 0.3f], Values(survivors.Best()));
    }

    private static Tensor Points(params ReadOnlySpan<double> values) =>
        tensor(values.ToArray()).to(ScalarType.Float32).reshape(-1, 1, 1, 1).expand(-1, 1, 2, 2).contiguous();

    private static float[] Values(Tensor points) => points.flatten(1).select(1, 0).contiguous().data<float>().ToArray();
}
