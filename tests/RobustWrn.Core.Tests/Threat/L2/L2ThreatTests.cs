using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class L2ThreatTests
{
    private static readonly L2Threat Ball = ThreatModel.L2(0.5);

    [Fact]
    public void Project_FarFromTheBox_IsTheNearestPointOfTheBall()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = zeros([3, 1, 4, 4], ScalarType.Float64).FilledLike(0.5), move = randn_like(images).Times(0.3);

        Tensor projected = Ball.Project(images.Plus(move), images);

        // The nearest point of a ball lies on the ray: the move, shortened to the radius.
        Tensor length = move.flatten(1).norm(1).reshape(-1, 1, 1, 1);
        Tensor expected = images.Plus(move * length.reciprocal().Times(0.5).Clamped(double.NegativeInfinity, 1));
        Assert.True((projected - expected).abs().max().Number() < 1e-15);
        Assert.True(length.IsAbove(0.5).all().item<bool>());
    }

    [Fact]
    public void Project_InFloat32_IsInBallAndBoxAndNearlyIdempotent()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = rand(16, 3, 32, 32), candidates = images.Plus(randn_like(images));

        Tensor projected = Ball.Project(candidates, images), again = Ball.Project(projected, images);

        Assert.True(Ball.Distance(projected, images).max().Number() <= Ball.Epsilon + Ball.Tolerance);
        Assert.InRange(projected.min().Number(), 0, 1);
        Assert.InRange(projected.max().Number(), 0, 1);
        Assert.True((again - projected).abs().max().Number() < 1e-6);
    }

    [Fact]
    public void Project_ImageItselfAndPointInside_StayWhereTheyAre()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = rand(4, 1, 4, 4, ScalarType.Float64).Times(0.5).Plus(0.25), inside = images.Plus(0.01);

        Assert.True(Ball.Project(images, images).Equals(images));
        Assert.True((Ball.Project(inside, images) - inside).abs().max().Number() < 1e-15);
    }

    [Fact]
    public void SteepestDirection_AnyGradient_HasLengthOneAndTheGradientsDirection()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor gradient = randn(4, 3, 5, 5, ScalarType.Float64) * tensor(new[] { 1, 1e-4, 1e5, 0.0 }).reshape(4, 1, 1, 1);

        Tensor direction = Ball.SteepestDirection(gradient);

        double[] lengths = direction.flatten(1).norm(1).data<double>().ToArray();
        Assert.All(lengths[..3], length => Assert.InRange(length, 1 - 1e-6, 1 + 1e-12));
        Assert.Equal(0, lengths[3]);
        Tensor cosine = (direction * gradient).flatten(1).sum(1) / gradient.flatten(1).norm(1);
        Assert.All(cosine.data<double>().ToArray()[..3], value => Assert.InRange(value, 1 - 1e-6, 1 + 1e-12));
    }

    [Fact]
    public void RandomStart_ManyExamples_HasUniformLengthsInTheBall()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = zeros([400, 1, 6, 6], ScalarType.Float64).FilledLike(0.5);

        double[] lengths = Ball.Distance(Ball.RandomStart(images, RandomStream.From(1), [.. Enumerable.Range(0, 400).Select(i => (long)i)]), images).data<double>().ToArray();

        Assert.InRange(lengths.Max(), 0.45, 0.5 + 1e-12);
        Assert.InRange(lengths.Average(), 0.22, 0.28);
        Assert.InRange(lengths.Count(length => length < 0.125), 60, 140);
    }

    [Fact]
    public void Distance_AnyPair_IsTheEuclideanLengthPerExample()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = zeros(2, 1, 2, 2), moved = tensor(new float[] { 0.3f, 0, 0, -0.4f, 0, 0, 0, 0 }).reshape(2, 1, 2, 2);
        float[] distances = Ball.Distance(moved, images).data<float>().ToArray();

        Assert.Equal(0.5, distances[0], 6);
        Assert.Equal(0, distances[1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void L2_NotAFinitePositiveNumber_IsRefused(double epsilon)
    {
        Assert.StartsWith("epsilon must be a finite number above 0, got ", Assert.Throws<ArgumentOutOfRangeException>(() => ThreatModel.L2(epsilon)).Message);
        Assert.Single(new L2Threat { Epsilon = epsilon }.Problems());
    }
}
