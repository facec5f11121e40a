using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A ball that holds all of [0, 1] is attacked as [0, 1] is, however large its radius.</summary>
public sealed class LargeEpsilonTests : IDisposable
{
    private static readonly double[] Large = [100, 1e4, 1e9];

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<IAttack> Attacks() =>
    [
        new Fgsm(), new Pgd(), new Pgd { Start = new SurfaceStart() }, new CwLinf(), new MomentumFgsm(), new Gama { Steps = 30 },
        new Apgd { Steps = 10 }, new TargetedApgd { Steps = 5 }, new Fab { Steps = 5, Restarts = 2 }, new TargetedFab { Steps = 5 },
        new DeepFool { Steps = 5 }, new Square { Queries = 20 }, new RandomNoise { Draws = 5 }, new CwL2 { Steps = 20, SearchSteps = 2 },
        new MinimalEpsilon { Attack = new Fgsm(), Tolerance = 0.1 },
    ];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Perturb_RadiusBeyondTheBox_ReturnsWhatTheDiameterDoes(IAttack attack)
    {
        Func<double, ThreatModel>[] norms = [radius => ThreatModel.L2(radius), radius => ThreatModel.L1(radius)];
        foreach (Func<double, ThreatModel> norm in norms)
        {
            Tensor expected = attack.Perturb(Context(norm(norm(1) is L2Threat ? Math.Sqrt(12) : 12)));
            foreach (double radius in Large)
            {
                Tensor found = attack.Perturb(Context(norm(radius)));
                Assert.True((found.IsAtLeast(0) & found.IsAtMost(1)).all().item<bool>(), $"{norm(radius)}");
                Assert.True(expected.Equals(found), $"{norm(radius)}");
            }
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1e9)]
    public void Run_RadiusBeyondTheBox_LeavesNoneRight(double epsilon)
    {
        AttackContext context = Context(ThreatModel.L2(epsilon));
        EvaluationOptions whole = new() { Audit = new EvaluationAudit { Share = 1 } };
        RobustnessResult result = RobustnessEvaluation.Run(
            context.Model, new TensorSource(context.Images, context.Labels), ThreatModel.L2(epsilon), AttackSuite.Of("PGD", new Pgd()), whole);
        Assert.Equal(32, result.Clean.Hits);
        Assert.Equal(0, result.Robust.Hits);
        Assert.DoesNotContain(result.Audit!.NotMade, gap => gap.Reason.Contains("failed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1e3)]
    [InlineData(1e9)]
    public void Perturb_StepsBeyondTheBox_StayInTheBall(double step)
    {
        foreach (ThreatModel threat in (ThreatModel[])[ThreatModel.Linf(0.1), ThreatModel.L2(0.3), ThreatModel.L1(1)])
        {
            AttackContext context = Context(threat);
            Pgd pgd = new() { Steps = 3, StepSize = step };
            foreach (IAttack attack in (IAttack[])[pgd, new MomentumFgsm { StepSize = step }, new Gama { Steps = 5, StepSize = step }])
            {
                Tensor distance = threat.Distance(attack.Perturb(context), context.Images);
                double longest = threat.Epsilon + threat.Tolerance;
                Assert.All(distance.data<float>().ToArray(), length => Assert.InRange(length, 0.2 * threat.Epsilon, longest));
            }
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1)]
    [InlineData(1e30)]
    [InlineData(1e38)]
    [InlineData(1e300)]
    public void Perturb_RadiusThatIsNone_IsRefused(double epsilon)
    {
        AttackContext context = Context(ThreatModel.L2(1) with { Epsilon = epsilon });
        Assert.Contains("Epsilon: must be", Assert.Throws<InvalidDescriptionException>(() => new Pgd().Perturb(context)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Perturb_LinfRadiusInLevels_IsStillRefused()
    {
        AttackContext context = Context(ThreatModel.Linf(1) with { Epsilon = 8 });
        Assert.Contains("outOf: 255", Assert.Throws<InvalidDescriptionException>(() => new Pgd().Perturb(context)).Message, StringComparison.Ordinal);
    }

    private static AttackContext Context(ThreatModel threat)
    {
        LinearModel model = LinearModel.TwoClasses(12);
        Tensor images = RandomStream.From(5).Uniform([.. Enumerable.Range(0, 32).Select(i => (long)i)], [3, 2, 2]).Times(0.5).Plus(0.25);
        return new AttackContext(model, images, model.call(images).argmax(1).detach(), threat);
    }
}
