using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Measures of a network whose numbers are far from 1.</summary>
public sealed class MeasureScaleTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    /// <summary>In float32 the squares of the map's values vanish or overflow.</summary>
    [Theory]
    [InlineData(-100)]
    [InlineData(-80)]
    [InlineData(80)]
    [InlineData(100)]
    public void Of_MapTimesAPowerOfTwo_HasItsNormTimesThat(int exponent)
    {
        Tensor weight = RandomStream.From(4).Normal([0], [12, 20])[0], scaled = weight.Times(Math.ScaleB(1, exponent)), input = zeros([1, 20]);
        SpectralNorm expected = new PowerIteration().Of(x => x.matmul(weight.t()), input);
        SpectralNorm actual = new PowerIteration().Of(x => x.matmul(scaled.t()), input);

        Assert.True(actual.Converged);
        Assert.Equal(1, actual.Value / Math.ScaleB(expected.Value, exponent), 1e-5);
    }

    [Fact]
    public void Measure_FeaturesOfAVanishingScale_ChangeAsMuchAsTheyDo()
    {
        Tensor images = RandomStream.From(1).Uniform([0, 1, 2], [1, 2, 2]).Times(0.5).Plus(0.25), moved = images.Plus(0.01);
        ImagePairs pairs = new(images, moved, zeros(3, ScalarType.Int64), ThreatModel.Linf(0.02));
        double Change(double scale) =>
            StageSensitivity.Measure(new Lambda(x => x.flatten(1).narrow(1, 0, 2).Times(scale)), pairs)[^1].RelativeChange.Mean;

        Assert.Equal(Change(1), Change(Math.ScaleB(1, -60)), 1e-12);
        Assert.Equal(Change(1), Change(Math.ScaleB(1, 90)), 1e-12);
    }
}
