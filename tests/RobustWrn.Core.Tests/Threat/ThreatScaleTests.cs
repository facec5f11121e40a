using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Gradients of any size show the way, and a ball of any size is that of [0, 1] at most.</summary>
public class ThreatScaleTests
{
    public static TheoryData<ThreatModel> Threats() => [ThreatModel.Linf(0.1), ThreatModel.L2(0.5), ThreatModel.L1(3)];

    public static TheoryData<string, double> Large() => new(
        from norm in (string[])["l2", "l1"]
        from epsilon in (double[])[1e3, 1e30, 1e38, 1e300, double.MaxValue]
        select (norm, epsilon));

    [Theory]
    [MemberData(nameof(Threats))]
    public void SteepestDirection_GradientTimesAPowerOfTwo_IsTheSameToTheBit(ThreatModel threat)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor gradient = rand(4, 3, 5, 5).Minus(0.5).Times(512.0).round().Over(256), expected = threat.SteepestDirection(gradient);
        for (int exponent = -120; exponent <= 120; exponent += 8)
            Assert.True(expected.Equals(threat.SteepestDirection(gradient.Times(Math.ScaleB(1, exponent)))), $"2^{exponent}");
    }

    [Theory]
    [MemberData(nameof(Large))]
    public void Project_BallThatHoldsTheBox_OnlyClamps(string norm, double epsilon)
    {
        using DisposeScope scope = NewDisposeScope();
        ThreatModel threat = Of(norm, epsilon);
        Tensor images = rand(2, 3, 4, 4), candidates = images.Plus(rand(2, 3, 4, 4).Minus(0.5).Times(4.0));

        Assert.True((threat.Project(candidates, images) - candidates.Clamped(0, 1)).abs().max().Number() < 1e-6);
        Assert.True(threat.Project(images.Plus(1e30), images).Equals(ones_like(images)), "from far outside");
        Assert.True(threat.Project(images.Minus(1e38), images).Equals(zeros_like(images)), "from far outside");
    }

    [Theory]
    [MemberData(nameof(Large))]
    public void RandomStart_BallThatHoldsTheBox_DrawsAsOneOfItsDiameter(string norm, double epsilon)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = rand(2, 3, 4, 4);
        Tensor start = Of(norm, epsilon).RandomStart(images, RandomStream.From(1), [0, 1]);
        Assert.True(start.Equals(Of(norm, norm == "l2" ? Math.Sqrt(48) : 48).RandomStart(images, RandomStream.From(1), [0, 1])));
        Assert.True((start.IsAtLeast(0) & start.IsAtMost(1)).all().item<bool>());
    }

    [Fact]
    public void Project_FarCandidateInASmallBall_StaysInTheBall()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = zeros([2, 1, 3, 3]).Plus(0.5), far = images.Plus(rand(2, 1, 3, 3).Minus(0.5).Times(1e30));
        foreach (ThreatModel threat in (ThreatModel[])[ThreatModel.L2(0.2), ThreatModel.L1(0.2)])
        {
            Tensor distance = threat.Distance(threat.Project(far, images), images);
            Assert.All(distance.data<float>().ToArray(), length => Assert.Equal(0.2, length, 1e-5));
        }
    }

    [Fact]
    public void InBox_RadiusBeyondTheDiameter_IsTheDiameterAndAnInvalidOneStays()
    {
        Assert.Equal(ThreatModel.L2(Math.Sqrt(3072)), ThreatModel.L2(1e9).InBox(3072));
        Assert.Equal(ThreatModel.L1(3072), ThreatModel.L1(1e9).InBox(3072));
        Assert.Equal(ThreatModel.L2(0.5), ThreatModel.L2(0.5).InBox(3072));
        LinfThreat wrong = ThreatModel.Linf(0.1) with { Epsilon = 8 };
        Assert.Same(wrong, wrong.InBox(3072));
    }

    private static ThreatModel Of(string norm, double epsilon) => norm == "l2" ? ThreatModel.L2(epsilon) : ThreatModel.L1(epsilon);
}
