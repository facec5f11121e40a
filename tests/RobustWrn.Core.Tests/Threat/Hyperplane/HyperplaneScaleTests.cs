using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>
/// Moves onto a hyperplane depend on the plane, not on the scale of the function that is zero there, and are the nearest ones whatever the
/// size of a slope.
/// </summary>
public sealed class HyperplaneScaleTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<ThreatModel> Threats() => [ThreatModel.Linf(1), ThreatModel.L2(1), ThreatModel.L1(1)];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Threats))]
    public void ToHyperplane_FunctionTimesAPowerOfTwo_IsTheSameMove(ThreatModel threat)
    {
        (Tensor points, Tensor normals, Tensor values) = Rows();
        Tensor expected = Moves(threat, points, normals, values);
        foreach (int exponent in (int[])[-120, -90, -30, 30, 90, 120])
        {
            double factor = Math.ScaleB(1, exponent);
            Assert.True(expected.Equals(Moves(threat, points, normals.Times(factor), values.Times(factor))), $"2^{exponent}");
        }
    }

    /// <summary>
    /// The published code of FAB in L2 takes a pixel whose slope is below 1e-8 as one that never meets the box. Here it is one like all
    /// others: the move meets the plane with every pixel at a level
    /// times its slope or at its end (Karush, Kuhn and Tucker).
    /// </summary>
    [Fact]
    public void ToHyperplane_SlopesBelowThePublishedThreshold_StillSolvesTheProgram()
    {
        // One steep pixel without room, so that the flat ones have to make up for it.
        Tensor points = tensor(new[,] { { 0, 0.5, 0.5, 0.5 } }), normals = tensor(new[,] { { 1, 4e-9, -2e-9, 1e-9 } });
        Tensor values = tensor(new[] { 1.5e-9 });
        Tensor move = ThreatModel.L2(1).ToHyperplane(points, normals, values);

        Assert.Equal(0, (values.Plus((normals * move).sum(1))).Number(), 1e-20);
        // Level 1.5e-9 / (16 + 4 + 1) e-18 and down against the sign of the slope.
        Assert.True((move - tensor(new[,] { { 0, -2.0 / 7, 1.0 / 7, -0.5 / 7 } })).abs().max().Number() < 1e-11);
    }

    [Theory]
    [MemberData(nameof(Threats))]
    public void DualNorm_ScaledSlopes_AreScaled(ThreatModel threat)
    {
        Tensor normals = Rows().Normals, expected = threat.DualNorm(normals);
        Tensor scaled = threat.DualNorm(normals.Times(Math.ScaleB(1, -100))).Times(Math.ScaleB(1, 100));
        Assert.True(((scaled - expected) / expected).abs().max().Number() < 1e-6);
    }

    private static Tensor Moves(ThreatModel threat, Tensor points, Tensor normals, Tensor values) =>
        ((IHyperplaneProjection)threat).ToHyperplane(points, normals, values);

    private static (Tensor Points, Tensor Normals, Tensor Values) Rows()
    {
        long[] ids = [.. Enumerable.Range(0, 20).Select(i => (long)i)];
        Tensor normals = RandomStream.From(2).Uniform(ids, [30]).Minus(0.5).Times(512.0).round().Over(256);
        Tensor values = RandomStream.From(3).Uniform(ids, [1]).squeeze(1).Minus(0.5).Times(512.0).round().Over(64);
        return (RandomStream.From(1).Uniform(ids, [30]), normals, values);
    }
}
