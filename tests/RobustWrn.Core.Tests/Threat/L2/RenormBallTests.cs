using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>The published geometry of TRADES in L2: box first, then ball.</summary>
public sealed class RenormBallTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly RenormBall _ball = new(0.5);

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Project_AnyCandidate_LiesInBallAndBox(ScalarType dtype)
    {
        Tensor images = RandomStream.From(1).Uniform([0, 1, 2, 3, 4, 5], [3, 4, 4], dtype);
        Tensor far = RandomStream.From(2).Normal([0, 1, 2, 3, 4, 5], [3, 4, 4], dtype);
        Tensor projected = _ball.Project(images.Plus(far), images);
        L2Threat threat = ThreatModel.L2(_ball.Radius);
        Assert.True(threat.Distance(projected, images).max().Number() <= threat.Epsilon + threat.Tolerance);
        Assert.True((projected.IsAtLeast(0) & projected.IsAtMost(1)).all().item<bool>());
    }

    [Fact]
    public void Project_NothingToShorten_LeavesTheCandidate()
    {
        Tensor images = zeros([1, 1, 2, 2], ScalarType.Float64).Plus(0.5), near = images.Plus(0.1);
        Assert.True((_ball.Project(near, images) - near).abs().max().Number() < 1e-15);
        Assert.True(_ball.Project(images, images).eq(images).all().item<bool>());
    }

    [Fact]
    public void Project_AcrossTheBox_ClampsBeforeItShortens()
    {
        // (0.9, 0.5) moved by (0.9, 0.4): clamped to a move of (0.1, 0.4), which is short enough; shortening first would end elsewhere.
        Tensor images = tensor(new[] { 0.9, 0.5 }).reshape(1, 1, 1, 2), moved = tensor(new[] { 1.8, 0.9 }).reshape(1, 1, 1, 2);
        double[] end = [.. _ball.Project(moved, images).flatten().data<double>()];
        Assert.Equal(1, end[0], 1e-12);
        Assert.Equal(0.9, end[1], 1e-12);
    }

    [Fact]
    public void SteepestDirection_ZeroGradient_IsZero()
    {
        Tensor gradient = stack([zeros(1, 2, 2), zeros([1, 2, 2]).Plus(3f)]);
        float[] lengths = [.. _ball.SteepestDirection(gradient).flatten(1).norm(1).data<float>()];
        Assert.Equal([0f, 1f], lengths);
    }
}
