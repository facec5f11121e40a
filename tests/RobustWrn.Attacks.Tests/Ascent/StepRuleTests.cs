using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Rules by which an ascent steps, against closed forms and against the attacks that they are the rule of.</summary>
public sealed class StepRuleTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Perturb_PgdByMomentumFromTheImages_IsMiFgsm()
    {
        using FallingBatch batch = new(12, ScalarType.Float32);
        AttackContext context = Context(batch, "l2");

        Tensor expected = new MomentumFgsm { Steps = 6, Decay = 0.7 }.Perturb(context);
        Tensor actual = new Pgd
        {
            Steps = 6,
            StepRule = new MomentumStep(context.Threat.Epsilon / 6) { Decay = 0.7 },
            Start = new CleanStart(),
        }.Perturb(context);

        Assert.True(actual.eq(expected).all().item<bool>());
    }

    [Theory]
    [InlineData("linf")]
    [InlineData("l2")]
    public void Perturb_PgdByAdaptiveStepsFromApgdsStart_IsApgd(string norm)
    {
        using FallingBatch batch = new(24, ScalarType.Float64);
        AttackContext context = Context(batch, norm);

        Tensor expected = new Apgd { Steps = 15, Restarts = 2 }.Perturb(context);
        Tensor actual = new Pgd { Steps = 15, Restarts = 2, StepRule = new AdaptiveStep(), Start = new ApgdStart() }.Perturb(context);

        Assert.InRange(context.Goal().Reached(batch.Model.call(expected)).sum().item<long>(), 3, 21);
        Assert.True(actual.eq(expected).all().item<bool>());
    }

    /// <summary>Steps of 0.08, 0.08, 0.02, 0.02 and 0.005 along a gradient that is the same everywhere.</summary>
    [Fact]
    public void Run_DecayingSteps_AreDividedWhereTheyShouldBe()
    {
        LinearModel model = LinearModel.TwoClasses(12, dtype: ScalarType.Float64);
        Tensor images = zeros([1, 3, 2, 2], ScalarType.Float64).Plus(0.5);
        AttackContext context = new(model, images, zeros(1, ScalarType.Int64), ThreatModel.Linf(0.4)) { Start = images };
        GradientAscent ascent = new(new Margin(), new DecayingStep(0.08) { DropAt = [2, 4], Drop = 4 }, Steps: 5);

        double moved = (ascent.Run(context) - images).abs().min().Number();

        Assert.Equal(2 * 0.08 + 2 * 0.02 + 0.005, moved, 1e-12);
    }

    /// <summary>The momentum of sums 1 and the share of it that is kept, against the recurrence written out.</summary>
    [Fact]
    public void Next_Momentum_IsTheRecurrence()
    {
        using ActiveExamples active = new(2);
        L2Threat threat = ThreatModel.L2(10);
        Tensor images = zeros([2, 1, 2, 2], ScalarType.Float64).Plus(0.5);
        PerExample kept = active.Keep(images.alias());
        AscentUpdate update = new MomentumStep(0.01) { Decay = 0.5 }.Begin(
            new AscentRun { Threat = threat, Ball = threat, Steps = 2, Active = active, Images = kept, Start = images });
        Tensor[] gradients = [.. Enumerable.Range(0, 2).Select(i => RandomStream.From(i).Normal([0, 1], [1, 2, 2], ScalarType.Float64))];
        Tensor[] shares = [.. gradients.Select(gradient => gradient / gradient.abs().sum([1, 2, 3], keepdim: true))];

        Tensor first = update.Next(images, gradients[0]), second = update.Next(first, gradients[1]);

        Assert.True(first.allclose(images.Plus(threat.SteepestDirection(shares[0]).Times(0.01)), rtol: 0, atol: 1e-14));
        Tensor momentum = shares[0].Times(0.5).Plus(shares[1]);
        Assert.True(second.allclose(first.Plus(threat.SteepestDirection(momentum).Times(0.01)), rtol: 0, atol: 1e-14));
        Assert.Equal([2, 1, 1, 1], update.StepSize.shape);
        Assert.Equal(0.01, update.StepSize.max().Number(), 1e-15);
    }

    [Theory]
    [InlineData("linf")]
    [InlineData("l2")]
    [InlineData("l1")]
    public void Run_RuleThatKeepsTheBestFromAStartOutsideOfTheBall_ReturnsPointsOfTheBall(string norm)
    {
        using FallingBatch batch = new(8, ScalarType.Float64);
        AttackContext context = Context(batch, norm);
        GradientAscent ascent = new(new CrossEntropy(), new AdaptiveStep(), Steps: 2) { Start = new GaussianStart(2) };

        Tensor found = ascent.Run(context);

        Assert.InRange(context.Threat.Distance(found, batch.Images).max().Number(), 0, context.Threat.Epsilon + context.Threat.Tolerance);
        Assert.True((found.IsAtLeast(0) & found.IsAtMost(1)).all().item<bool>());
    }

    [Fact]
    public void Perturb_RuleBesideAStepSize_IsRefused()
    {
        Pgd attack = new() { StepRule = new ConstantStep(0.01), StepSize = 0.02 };

        Problem problem = Assert.Single(attack.Problems());

        Assert.Equal("StepSize", problem.Subject);
        Assert.Equal("must be left out beside a StepRule, which has its own lengths, got 0.02.", problem.Message);
    }

    [Fact]
    public void Pgd_WithoutARule_IsStoredAsBefore()
    {
        Assert.DoesNotContain("stepRule", DescriptionJson.Write(new Pgd()), StringComparison.Ordinal);
        Pgd ruled = new() { StepRule = new DecayingStep(0.1) { DropAt = [3] } };
        Assert.Equal(ruled, DescriptionJson.Read<IAttack>(DescriptionJson.Write(ruled)));
        Assert.Equal(("PGD-20", "PGD-20 decaying"), (new Pgd().Name, ruled.Name));
    }

    [Fact]
    public void Run_RuleThatThrows_LeavesNoTensorsBehind()
    {
        using FallingBatch batch = new(3, ScalarType.Float32);
        AttackContext context = Context(batch, "linf");
        GradientAscent ascent = new(new Margin(), new ThrowingStep(), Steps: 2);
        Assert.Throws<NotSupportedException>(() => ascent.Run(context));
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Assert.Throws<NotSupportedException>(() => ascent.Run(context));

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static AttackContext Context(FallingBatch batch, string norm) =>
        new(batch.Model, batch.Images, batch.Labels, FallingBatch.Threat(norm));

    private sealed record ThrowingStep : IStepRule
    {
        public AscentUpdate Begin(AscentRun run) => throw new NotSupportedException();

        public IEnumerable<Problem> Problems() => [];
    }
}
