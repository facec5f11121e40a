using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class LinfThreatTests
{
    private static readonly LinfThreat Ball = ThreatModel.Linf(8, outOf: 255);

    [Fact]
    public void Project_AnyCandidate_IsTheNearestPointOfBallAndBox()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = rand(5, 3, 6, 6, ScalarType.Float64), candidates = images.Plus(randn_like(images).Times(0.2));

        Tensor projected = Ball.Project(candidates, images);

        // The nearest point of a product of intervals is the nearest point of each.
        double[] x = images.data<double>().ToArray(), c = candidates.data<double>().ToArray();
        double[] expected = [.. x.Zip(c, (pixel, candidate) => Math.Clamp(candidate, Math.Max(0, pixel - Ball.Epsilon), Math.Min(1, pixel + Ball.Epsilon)))];
        Assert.Equal(expected, projected.data<double>().ToArray());
    }

    [Fact]
    public void Project_InFloat32_IsInBallAndBoxAndIdempotent()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = rand(16, 3, 8, 8), candidates = images.Plus(randn_like(images).Times(0.5));

        Tensor projected = Ball.Project(candidates, images);

        Assert.True(Ball.Distance(projected, images).max().Number() <= Ball.Epsilon + Ball.Tolerance);
        Assert.InRange(projected.min().Number(), 0, 1);
        Assert.InRange(projected.max().Number(), 0, 1);
        Assert.True(Ball.Project(projected, images).Equals(projected));
    }

    [Fact]
    public void Project_PointInside_StaysWhereItIs()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = rand(4, 1, 4, 4).Times(0.5).Plus(0.25), inside = images.Plus(rand_like(images).Minus(0.5).Times(0.02));

        Assert.True(Ball.Project(inside, images).Equals(inside));
    }

    [Fact]
    public void SteepestDirection_AnyGradient_IsItsSignAndZeroForZero()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor gradient = tensor(new float[] { 3, -1e-30f, 0, 2e20f }).reshape(1, 1, 2, 2);

        Assert.Equal([1f, -1f, 0f, 1f], Ball.SteepestDirection(gradient).data<float>().ToArray());
    }

    [Fact]
    public void RandomStart_ManyPixels_IsUniformInTheBall()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = zeros([64, 3, 16, 16], ScalarType.Float64).FilledLike(0.5);

        Tensor moves = (Ball.RandomStart(images, RandomStream.From(1), [.. Enumerable.Range(0, 64).Select(i => (long)i)]) - images).Over(Ball.Epsilon);

        Assert.InRange(moves.abs().max().Number(), 0.999, 1);
        Assert.InRange(moves.mean().Number(), -0.02, 0.02);
        Assert.InRange(moves.Squared().mean().Number(), 1 / 3.0 - 0.01, 1 / 3.0 + 0.01);
    }

    [Fact]
    public void Distance_AnyPair_IsTheLargestChangePerExample()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = zeros(2, 1, 2, 2), moved = tensor(new float[] { 0.1f, -0.4f, 0, 0.2f, 0, 0, 0, 0 }).reshape(2, 1, 2, 2);

        Assert.Equal([0.4f, 0f], Ball.Distance(moved, images).data<float>().ToArray());
    }

    [Theory]
    [InlineData(8, 1, "epsilon must be in (0, 1], got 8. Pixels are in [0, 1]: write ThreatModel.Linf(8, outOf: 255).")]
    [InlineData(0, 1, "epsilon must be in (0, 1], got 0. Pixels are in [0, 1]: write ThreatModel.Linf(8, outOf: 255).")]
    [InlineData(-0.5, 1, "epsilon must be in (0, 1], got -0.5. Pixels are in [0, 1]: write ThreatModel.Linf(8, outOf: 255).")]
    [InlineData(510, 255, "epsilon must be in (0, 1], got 2. Pixels are in [0, 1]: write ThreatModel.Linf(8, outOf: 255).")]
    [InlineData(double.NaN, 1, "epsilon must be in (0, 1], got NaN. Pixels are in [0, 1]: write ThreatModel.Linf(8, outOf: 255).")]
    public void Linf_OutsideTheRange_SaysRuleValueAndRemedy(double epsilon, double outOf, string message)
    {
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(() => ThreatModel.Linf(epsilon, outOf)).Message);
        Assert.Equal("Epsilon", Assert.Single(new LinfThreat { Epsilon = epsilon / outOf }.Problems()).Subject);
    }

    [Fact]
    public void Linf_Units_AgreeAndPrint()
    {
        Assert.Equal(8.0 / 255, Ball.Epsilon);
        Assert.Equal(Ball, ThreatModel.Linf(8.0 / 255));
        Assert.Equal("Linf 8/255", Ball.ToString());
        Assert.Empty(Ball.Problems());
    }
}
