using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>One step of epsilon along the steepest direction: in closed form, and as the first step of PGD.</summary>
public sealed class FgsmTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Perturb_LinfOnANetwork_IsTheCornerAlongTheGradientsSigns()
    {
        using FallingBatch batch = new(5, ScalarType.Float64);
        LinfThreat threat = ThreatModel.Linf(4, outOf: 255);
        Tensor leaf = batch.Images.detach().clone().requires_grad_();
        nn.functional.cross_entropy(batch.Model.call(leaf), batch.Labels, reduction: nn.Reduction.Sum).backward();
        Tensor gradient = leaf.grad!, corner = batch.Images.Plus(gradient.sign().Times(threat.Epsilon)).Clamped(0, 1);

        (Tensor moved, _) = batch.Attack(new Fgsm(), threat);

        // A gradient that is zero but for rounding may have either sign on the view that attacks run on.
        Tensor clear = gradient.abs().IsAbove(1e-9 * gradient.abs().max().item<double>());
        Assert.True(clear.to(ScalarType.Float64).mean().item<double>() > 0.99);
        Assert.True((moved - corner).abs().FilledWhere(clear.logical_not(), 0).max().item<double>() < 1e-12);
    }

    [Theory]
    [InlineData("linf", ScalarType.Float64)]
    [InlineData("l2", ScalarType.Float64)]
    [InlineData("l1", ScalarType.Float64)]
    [InlineData("linf", ScalarType.Float32)]
    [InlineData("l2", ScalarType.Float32)]
    public void Perturb_AnyNorm_IsPgdWithOneStepOfEpsilonFromTheImages(string norm, ScalarType dtype)
    {
        using FallingBatch batch = new(5, dtype);
        ThreatModel threat = FallingBatch.Threat(norm);
        Pgd one = new() { Steps = 1, StepSize = threat.Epsilon, Start = new CleanStart() };

        (Tensor fast, bool[] fooled) = batch.Attack(new Fgsm(), threat);
        (Tensor slow, _) = batch.Attack(one, threat);

        Assert.True(fast.eq(slow).all().item<bool>());
        Assert.Contains(true, fooled);
        Assert.Equal(one.MaxGradients, new Fgsm().MaxGradients);
    }

    [Fact]
    public void Perturb_Targeted_GoesAlongTheGradientOfTheTarget()
    {
        using LinearModel model = new(
            RandomStream.From(3).Normal([0, 1, 2], [12], ScalarType.Float64), tensor(new double[] { 3, 0, 0 }));
        Tensor images = RandomStream.From(4).Uniform([0, 1], [3, 2, 2], ScalarType.Float64).Times(0.4).Plus(0.3);
        Tensor labels = zeros(2, ScalarType.Int64), targets = tensor(new long[] { 1, 2 });
        AttackContext context = new(model, images, labels, ThreatModel.Linf(0.01)) { Targets = targets };
        // d log p_t / dx = w_t - sum p_k w_k
        Tensor probabilities = nn.functional.softmax(model.call(images), 1);
        Tensor slopes = model.Weight.index_select(0, targets) - probabilities.matmul(model.Weight);

        Tensor moved = new Fgsm().Perturb(context) - images;

        Assert.True((moved.flatten(1) - slopes.sign().Times(0.01)).abs().max().item<double>() < 1e-15);
    }
}
