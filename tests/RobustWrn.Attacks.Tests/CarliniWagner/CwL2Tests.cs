using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class CwL2Tests : IDisposable
{
    private static readonly CwL2 Short = new() { Steps = 100, InitialConstant = 0.1 };

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Minimize_LinearModel_FindsTheDistanceToTheHyperplane(ScalarType dtype)
    {
        using LinearModel model = LinearModel.TwoClasses(3 * 4 * 4, dtype: dtype);
        Tensor images = RandomStream.From(1).Uniform([0, 1, 2, 3], [3, 4, 4], dtype).Times(0.4).Plus(0.3);
        Tensor logits = model.call(images);
        Tensor expected = (logits.select(1, 1) - logits.select(1, 0)).abs() / model.Weight[1].norm();

        using MinimalPerturbations found = Short.Minimize(new AttackContext(model, images, logits.argmax(1), ThreatModel.L2(1)));

        Assert.True(found.Distances.ge(expected.Times(0.9999)).all().item<bool>(), "nothing is nearer than the hyperplane");
        Tensor excess = (found.Distances / expected).max();
        Assert.True(excess.Number() < 1.02, $"{excess.Number():0.0000} times the distance to the hyperplane");
        Assert.Equal(4, model.call(found.Images).argmax(1).ne(logits.argmax(1)).sum().item<long>());
    }

    [Fact]
    public void Minimize_PixelsAtZeroAndOne_MoveThemInward()
    {
        using LinearModel model = LinearModel.TwoClasses(16, shift: -0.5, ScalarType.Float64);
        Tensor images = model.Weight[1].IsAbove(0).to(ScalarType.Float64).reshape(1, 1, 4, 4);
        Tensor labels = tensor(new long[] { 1 });
        double expected = (model.call(images)[0, 1] / model.Weight[1].norm()).Number();

        using MinimalPerturbations found = (Short with { Steps = 300 }).Minimize(new AttackContext(model, images, labels, ThreatModel.L2(1)));

        Assert.InRange(found.Distances[0].Number() / expected, 0.9999, 1.05);
        Assert.True(found.Images.IsAtLeast(0).logical_and(found.Images.IsAtMost(1)).all().item<bool>());
    }

    [Fact]
    public void Minimize_AllOtherLogitsNegative_StillFools()
    {
        // max((1 - onehot) * z) would be 0 here and never exceed the label's logit.
        using LinearModel model = new(stack([ones(16), ones(16).neg()]), tensor(new double[] { -12, -12 }).to(ScalarType.Float32));
        Tensor images = zeros([1, 1, 4, 4]).Plus(0.7f);
        using MinimalPerturbations found = Short.Minimize(new AttackContext(model, images, zeros(1, ScalarType.Int64), ThreatModel.L2(1)));
        Assert.Equal(double.PositiveInfinity, found.Distances[0].Number()); // w.x >= 0 in the box: class 0 stays ahead

        using LinearModel shifted = new(stack([ones(16), ones(16).neg()]), tensor(new double[] { -20, -12 }).to(ScalarType.Float32));
        using MinimalPerturbations reached = Short.Minimize(new AttackContext(shifted, images, zeros(1, ScalarType.Int64), ThreatModel.L2(1)));
        Assert.InRange(reached.Distances[0].Number(), 1.8 * 0.999, 1.8 * 1.02); // 0.45 in each of 16 pixels
    }

    [Fact]
    public void Minimize_AlreadyFooled_IsUnchangedAtDistanceZero()
    {
        using LinearModel model = LinearModel.TwoClasses(16);
        Tensor images = zeros([1, 1, 4, 4]).Plus(0.5f);
        Tensor wrong = model.call(images).argmax(1).eq(zeros(1, ScalarType.Int64)).to(ScalarType.Int64);
        using MinimalPerturbations found = Short.Minimize(new AttackContext(model, images, wrong, ThreatModel.L2(1)));
        Assert.Equal(0, found.Distances[0].Number());
        Assert.True(found.Images.eq(images).all().item<bool>());
    }

    [Fact]
    public void Minimize_Confidence_ErrsByAtLeastThatMargin()
    {
        using LinearModel model = LinearModel.TwoClasses(16, dtype: ScalarType.Float64);
        Tensor images = zeros([1, 1, 4, 4], ScalarType.Float64).Plus(0.5);
        Tensor label = model.call(images).argmax(1);
        AttackContext context = new(model, images, label, ThreatModel.L2(1));
        using MinimalPerturbations plain = Short.Minimize(context), sure = (Short with { Confidence = 0.5 }).Minimize(context);
        Tensor margin = new Margin().PerExample(model.call(sure.Images), new AttackGoal(label));
        Assert.True(margin.Number() > 0.5);
        Assert.InRange(sure.Distances[0].Number() - plain.Distances[0].Number(), 0.47 / model.Weight[1].norm().Number(), 0.55 / model.Weight[1].norm().Number());
    }

    [Fact]
    public void Minimize_TargetedOnPublishedNetwork_ReachesTheTargets()
    {
        using AttackVectorCase vector = new("attack_fgsm");
        Tensor targets = vector.Labels.Plus(ones(1, ScalarType.Int64)).Modulo(10);
        using MinimalPerturbations found = (Short with { Steps = 60, SearchSteps = 1, InitialConstant = 100 })
            .Minimize(vector.Context(ThreatModel.L2(1)) with { Targets = targets });
        bool[] reached = [.. vector.Model.call(found.Images).argmax(1).eq(targets).data<bool>()];
        bool[] claimed = [.. found.Distances.isfinite().data<bool>()];
        Assert.Equal(claimed, reached);
        Assert.True(reached.Count(hit => hit) >= 6, string.Join(' ', found.Distances.data<double>()));
    }

    [Fact]
    public void Minimize_AnExampleAloneOrInABatch_GivesTheSameImage()
    {
        using AttackVectorCase vector = new("attack_fgsm");
        CwL2 attack = Short with { Steps = 30, SearchSteps = 3 };
        using MinimalPerturbations all = attack.Minimize(vector.Context(ThreatModel.L2(1)));
        for (int i = 0; i < 8; i += 3)
        {
            Tensor image = vector.Images.narrow(0, i, 1), label = vector.Labels.narrow(0, i, 1);
            using MinimalPerturbations alone = attack.Minimize(new AttackContext(vector.Model, image, label, ThreatModel.L2(1)));
            Assert.True((alone.Images - all.Images.narrow(0, i, 1)).abs().max().Number() < 1e-9, $"example {i} depends on its batch");
        }
    }

    [Fact]
    public void Perturb_SmallestChangeOutsideTheBall_StaysInTheBall()
    {
        using AttackVectorCase vector = new("attack_fgsm");
        CwL2 attack = Short with { Steps = 30, SearchSteps = 3 };
        using MinimalPerturbations free = attack.Minimize(vector.Context(ThreatModel.L2(1)));
        double middle = free.Distances.masked_select(free.Distances.IsAbove(0)).median().Number();
        L2Threat threat = ThreatModel.L2(middle);

        Tensor images = attack.Perturb(vector.Context(threat));

        Assert.True(threat.Distance(images, vector.Images).max().Number() <= middle + threat.Tolerance);
        Tensor inside = free.Distances.IsAtMost(middle), fooled = vector.Model.call(images).argmax(1).ne(vector.Labels);
        Assert.True(fooled.logical_or(inside.logical_not()).all().item<bool>(), "what is within reach must be fooled");
        Assert.True(inside.sum().item<long>() < 8, "the test needs an example out of reach");
    }

    [Fact]
    public void Minimize_AbortEarly_StopsOneExampleWithoutTheOthers()
    {
        using LinearModel model = LinearModel.TwoClasses(16, dtype: ScalarType.Float64);
        // The first is one step from the hyperplane, the second far away: they need different numbers of steps.
        Tensor near = zeros([1, 1, 4, 4], ScalarType.Float64).Plus(0.02), far = zeros([1, 1, 4, 4], ScalarType.Float64).Plus(0.9);
        Tensor images = cat([near, far]), labels = model.call(images).argmax(1);
        CwL2 patient = Short with { AbortEarly = false };
        using MinimalPerturbations early = Short.Minimize(new AttackContext(model, images, labels, ThreatModel.L2(1)));
        int abortedCalls = model.Calls;
        using MinimalPerturbations late = patient.Minimize(new AttackContext(model, images, labels, ThreatModel.L2(1)));
        Assert.True(abortedCalls < model.Calls - abortedCalls, $"{abortedCalls} calls with, {model.Calls - abortedCalls} without");
        Assert.True((early.Distances / late.Distances).max().Number() < 1.05);
    }

    [Fact]
    public void MaxGradients_Defaults_AreNineTimesTenThousand() => Assert.Equal(90_000, new CwL2().MaxGradients);
}
