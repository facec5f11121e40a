using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>APGD under norms with and without a way of their own.</summary>
public class ApgdGeometryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Perturb_NormWithoutThePart_ClimbsByItsOwnDirectionAndProjection()
    {
        using DisposeScope scope = NewDisposeScope();
        using LinearModel model = LinearModel.TwoClasses(48, shift: 2);
        Tensor images = RandomStream.From(1).Uniform([0, 1, 2, 3], [3, 4, 4]), labels = model.call(images).argmax(1);
        Tensor start = ThreatModel.Linf(0.05).RandomStart(images, RandomStream.From(2), [0, 1, 2, 3]);
        foreach (IAttack attack in (IAttack[])[new Apgd { Steps = 20 }, new TargetedApgd { Steps = 10, Loss = new Margin() }])
        {
            // From the same start Linf without its parts is Linf.
            Tensor expected = attack.Perturb(new AttackContext(model, images, labels, ThreatModel.Linf(0.05)) { Start = start }, Token);
            BareNorm bare = new() { Epsilon = 0.05 };
            Tensor actual = attack.Perturb(new AttackContext(model, images, labels, bare) { Start = start }, Token);
            Assert.True(expected.eq(actual).all().item<bool>());
        }
    }

    [Fact]
    public void Perturb_NormWithALargerBall_EndsInItsOwnAndTakesNoMoreGradientsThanItSays()
    {
        using DisposeScope scope = NewDisposeScope();
        using LinearModel model = LinearModel.TwoClasses(48, shift: 100);
        Tensor images = RandomStream.From(1).Uniform([0, 1, 2], [3, 4, 4]), labels = model.call(images).argmax(1);
        long passes = 0;
        Lambda counted = new(input => { passes++; return model.call(input); });
        foreach (int balls in (int[])[0, 1, 2])
        {
            Apgd attack = new() { Steps = 10 };
            GrowingNorm threat = new() { Epsilon = 0.05, Balls = balls };
            passes = 0;
            Tensor found = attack.Perturb(new AttackContext(counted, images, labels, threat), Token);
            Assert.True(threat.Distance(found, images).max().Number() <= threat.Epsilon + threat.Tolerance);
            Assert.Equal(10 + 1 + balls + 1, passes); // a gradient a step and one at each start, and a look at the images
            Assert.InRange(passes - 1, 1, attack.MaxGradients);
        }
    }

    [Fact]
    public void Perturb_NormWithThreeLargerBalls_IsRefused()
    {
        using LinearModel model = LinearModel.TwoClasses(48, shift: 100);
        using Tensor images = zeros(1, 3, 4, 4), labels = ones(1, ScalarType.Int64);
        AttackContext context = new(model, images, labels, new GrowingNorm { Epsilon = 0.05, Balls = 3 });
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new Apgd().Perturb(context, Token));
        Assert.StartsWith("a norm must ask for at most 2 larger balls, got 3 from GrowingNorm.", refusal.Message);
    }

    private sealed record GrowingNorm : ThreatModel, IApgdGeometry
    {
        public int Balls { get; init; }

        public override string Norm => "growing";

        public override double Tolerance => Bare.Tolerance;

        private BareNorm Bare => new() { Epsilon = Epsilon };

        public override Tensor Distance(Tensor candidates, Tensor images) => Bare.Distance(candidates, images);

        public override Tensor RandomStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples) =>
            Bare.RandomStart(images, noise, examples);

        public override Tensor SteepestDirection(Tensor gradient) => Bare.SteepestDirection(gradient);

        public override Tensor Project(Tensor candidates, Tensor images) => Bare.Project(candidates, images);

        public Tensor ApgdStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples) => RandomStart(images, noise, examples);

        public AscentUpdate ApgdUpdate(AscentRun run, double rho = 0.75) => new LpUpdate(this, run, rho);

        public IReadOnlyList<(double Radii, double Share)> LargerBalls() => [.. Enumerable.Range(0, Balls).Select(i => (3.0 - i, 0.3))];
    }
}
