using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Projected gradient descent: where it ends in closed form, and what it is the same as.</summary>
public sealed class PgdTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    /// <summary>The loss is largest at a point inside the ball: the walk ends within a step of it, however far it could go.</summary>
    [Theory]
    [InlineData(0.02)]
    [InlineData(0.005)]
    public void Perturb_LargestLossInsideTheBall_EndsWithinAStepOfIt(double step)
    {
        Tensor images = zeros([1, 1, 2, 2], ScalarType.Float64).Plus(0.5),
            peak = tensor(new[] { 0.43, 0.55, 0.5, 0.58 }).reshape(1, 1, 2, 2);
        using Lambda model = new(asked =>
        {
            Tensor score = (asked - peak).Squared().flatten(1).sum(1).Times(-1).Minus(1);
            return stack([zeros_like(score), score], 1);
        });
        Pgd attack = new() { Steps = 60, StepSize = step };

        Tensor moved = attack.Perturb(new AttackContext(model, images, zeros(1, ScalarType.Int64), ThreatModel.Linf(0.1)));

        Assert.InRange((moved - peak).abs().max().item<double>(), 0, step * (1 + 1e-9));
    }

    /// <summary>Where a walk ends another can begin: it keeps nothing from step to step but the point.</summary>
    [Theory]
    [InlineData("linf")]
    [InlineData("l2")]
    [InlineData("l1")]
    public void Perturb_TwoWalksOneAfterTheOther_AreOneOfBothLengths(string norm)
    {
        using FallingBatch batch = new(5, ScalarType.Float64);
        // So small that no image falls, which would end its walk.
        ThreatModel threat = norm switch { "linf" => ThreatModel.Linf(0.0005), "l2" => ThreatModel.L2(0.004), _ => ThreatModel.L1(0.02) };
        Pgd five = new() { Steps = 5, StepSize = threat.Epsilon / 4, Start = new CleanStart() };

        (Tensor whole, bool[] fooled) = batch.Attack(five with { Steps = 12 }, threat);
        (Tensor parts, _) = batch.Attack(
            batch.Model, context => (five with { Steps = 7 }).Perturb(context with { Start = five.Perturb(context) }), threat);

        Assert.DoesNotContain(true, fooled);
        Assert.True(whole.eq(parts).all().item<bool>());
        Assert.True(whole.ne(batch.Images).any().item<bool>());
    }

    /// <summary>Each restart has a start of its own, the first the one that a single run has.</summary>
    [Fact]
    public void Perturb_OneRestart_IsTheFirstOfMany()
    {
        using FallingBatch batch = new(12, ScalarType.Float64);
        ThreatModel threat = FallingBatch.Threat("linf");
        Pgd attack = new() { Steps = 3 };

        bool[] one = batch.Attack(attack, threat).Fooled,
            many = batch.Attack(attack with { Restarts = 5 }, threat).Fooled;

        Assert.All(one.Zip(many), pair => Assert.True(pair.Second || !pair.First));
        Assert.Equal(5 * attack.MaxGradients, (attack with { Restarts = 5 }).MaxGradients);
    }

    [Fact]
    public void Perturb_LinfNearTheBox_StopsAtTheBox()
    {
        using LinearModel model = LinearModel.TwoClasses(3 * 6 * 5);
        Tensor images = cat([zeros(1, 3, 6, 5), ones(1, 3, 6, 5)]);
        Tensor moved = new Pgd().Perturb(new AttackContext(model, images, zeros(2, ScalarType.Int64), ThreatModel.Linf(0.1)));
        Tensor sign = model.Weight[1].sign().reshape(3, 6, 5);
        Assert.True(moved.eq(images.Plus(sign.Times(0.1)).Clamped(0, 1)).all().item<bool>());
    }

    [Fact]
    public void Perturb_OneRestartFools_KeepsThatOne()
    {
        // Where the logits are flat around the image and fall beyond a narrow wall, only some random starts lie behind the wall.
        LinfThreat threat = ThreatModel.Linf(0.1);
        Lambda model = new(images =>
        {
            Tensor first = images.flatten(1).select(1, 0);
            Tensor score = first.Minus(0.55).sign().Plus(first.Times(0));
            return stack([-score, score], 1);
        });
        AttackContext context = new(model, zeros([40, 1, 1, 1]).Plus(0.5f), zeros(40, ScalarType.Int64), threat);
        long Fooled(int restarts) =>
            model.call(new Pgd { Steps = 1, Restarts = restarts }.Perturb(context)).argmax(1).sum().item<long>();
        long one = Fooled(1), ten = Fooled(10);
        Assert.InRange(one, 3, 18); // a start lies behind the wall with probability 1/4
        Assert.InRange(ten, 33, 40); // 1 - 0.75^10 = 0.94
        Assert.True(ten > one);
    }
}
