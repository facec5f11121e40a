using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class MinimalEpsilonTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("linf", 0.02)]
    [InlineData("l2", 0.1)]
    [InlineData("l2", 1)]
    public void Brackets_LinearModel_HoldTheDistanceToTheHyperplane(string norm, double share)
    {
        using LinearModel model = LinearModel.TwoClasses(48, dtype: ScalarType.Float64);
        Tensor images = RandomStream.From(1).Uniform([0, 1, 2, 3, 4, 5], [3, 4, 4], ScalarType.Float64).Times(0.2).Plus(0.4), logits = model.call(images);
        ThreatModel threat = FabTests.Threat(norm, 1);
        Tensor weight = model.Weight[1], dual = norm == "linf" ? weight.abs().sum() : weight.norm();
        double[] expected = FabTests.Numbers((logits.select(1, 1) - logits.select(1, 0)).abs() / dual);
        double largest = expected.Order().ElementAt(4) * 1.001; // one is out of reach
        MinimalEpsilon search = new() { Attack = new Fgsm(), Largest = largest, Tolerance = share };

        using EpsilonBrackets brackets = search.Brackets(new AttackContext(model, images, logits.argmax(1), threat));

        double[] failed = FabTests.Numbers(brackets.Failed), succeeded = FabTests.Numbers(brackets.Succeeded);
        bool[] fooled = [.. model.call(brackets.Images).argmax(1).ne(logits.argmax(1)).data<bool>()];
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(expected[i] <= largest, fooled[i]);
            Assert.Equal(fooled[i], double.IsFinite(succeeded[i]));
            Assert.InRange(expected[i], failed[i] * (1 - 1e-9), succeeded[i] * (1 + 1e-9));
            if (fooled[i])
                Assert.InRange(succeeded[i] - failed[i], 0, share * largest * (1 + 1e-9));
        }
        Assert.Equal(5, fooled.Count(hit => hit));
        using MinimalPerturbations smallest = search.Minimize(new AttackContext(model, images, logits.argmax(1), threat));
        Assert.Equal(succeeded, FabTests.Numbers(smallest.Distances), (a, b) => a.Equals(b) || Math.Abs(a - b) < 1e-9); // one step of the whole radius
    }

    [Fact]
    public void Brackets_FooledUnchanged_AreZero()
    {
        using LinearModel model = LinearModel.TwoClasses(16);
        Tensor images = zeros([1, 1, 4, 4]).Plus(0.5f), wrong = model.call(images).argmax(1).eq(zeros(1, ScalarType.Int64)).to(ScalarType.Int64);
        int before = model.Calls;
        using EpsilonBrackets brackets = new MinimalEpsilon().Brackets(new AttackContext(model, images, wrong, ThreatModel.L2(1)));
        Assert.Equal((0, 0), (brackets.Succeeded.Number(), brackets.Failed.Number()));
        Assert.True(brackets.Images.eq(images).all().item<bool>());
        Assert.Equal(1, model.Calls - before);
    }

    [Fact]
    public void Brackets_AnExampleAloneOrInABatch_AreTheSame()
    {
        using AttackVectorCase vector = new("attack_fgsm");
        MinimalEpsilon search = new() { Attack = new Pgd { Steps = 2 }, Tolerance = 1.0 / 16 };
        AttackContext context = vector.Context(ThreatModel.Linf(8, outOf: 255)) with { Examples = [.. Enumerable.Range(0, 8).Select(i => 70L - i)] };
        using EpsilonBrackets all = search.Brackets(context);
        double[] radii = FabTests.Numbers(all.Succeeded);
        Assert.True(radii.Distinct().Count() >= 3, string.Join(' ', radii));
        for (int i = 0; i < 8; i += 3)
        {
            using EpsilonBrackets alone = search.Brackets(context with
            {
                Images = vector.Images.narrow(0, i, 1),
                Labels = vector.Labels.narrow(0, i, 1),
                Examples = [70 - i],
            });
            Assert.Equal((radii[i], FabTests.Numbers(all.Failed)[i]), (alone.Succeeded.Number(), alone.Failed.Number()));
            Assert.True((alone.Images - all.Images.narrow(0, i, 1)).abs().max().Number() < 1e-9);
        }
    }

    [Fact]
    public void Brackets_AttackThatLeavesTheBall_IsRefused()
    {
        using LinearModel model = LinearModel.TwoClasses(16);
        Tensor images = zeros([1, 1, 4, 4]).Plus(0.5f);
        MinimalEpsilon search = new() { Attack = new Leaver() };
        Assert.Throws<AttackRefusedException>(() => search.Brackets(new AttackContext(model, images, model.call(images).argmax(1), ThreatModel.Linf(0.1))));
    }

    [Fact]
    public void Perturb_LargestAboveTheThreat_StaysWithinTheThreat()
    {
        using LinearModel model = LinearModel.TwoClasses(16);
        Tensor images = zeros([1, 1, 4, 4]).Plus(0.5f), labels = model.call(images).argmax(1);
        using MinimalPerturbations far = new MinimalEpsilon { Largest = 1 }.Minimize(new AttackContext(model, images, labels, ThreatModel.Linf(0.5)));
        ThreatModel tight = ThreatModel.Linf(far.Distances.Number() / 2);
        using Tensor moved = new MinimalEpsilon { Largest = 1 }.Perturb(new AttackContext(model, images, labels, tight));
        Assert.True(moved.eq(images).all().item<bool>());
    }

    [Fact]
    public void Problems_WrongParts_AreAllReported() => Assert.Equal(
        ["Attack.Steps", nameof(MinimalEpsilon.Largest), nameof(MinimalEpsilon.Tolerance)],
        new MinimalEpsilon { Attack = new Pgd { Steps = 0 }, Largest = -1, Tolerance = 0 }.Problems().Select(problem => problem.Subject));

    private sealed record Leaver : IAttack
    {
        public string Name => "leaver";

        public long MaxGradients => 1;

        public IAttack WithEffort(double share) => this;

        public IEnumerable<Problem> Problems() => [];

        public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default) => context.Images.Plus(context.Threat.Epsilon * 1.1);
    }
}
