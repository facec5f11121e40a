using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>MI-FGSM: its momentum in closed form, and what is left without it.</summary>
public sealed class MomentumFgsmTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    /// <summary>
    /// On one pixel whose loss rises to a ridge and falls behind it each gradient counts +1 or -1, so that the momentum is a whole number
    /// and the walk runs past the ridge for as long as it took to gather it.
    /// </summary>
    [Theory]
    [InlineData(1.0, new[] { 0.49, 0.51, 0.53, 0.53, 0.51, 0.49, 0.47, 0.47, 0.49, 0.51 })]
    [InlineData(0.0, new[] { 0.49, 0.51, 0.49, 0.51, 0.49, 0.51, 0.49, 0.51, 0.49, 0.51 })]
    public void Perturb_RidgeOfOnePixel_GoesByTheSumOfItsGradients(double decay, double[] expected)
    {
        using Lambda model = new(images =>
        {
            Tensor score = images.flatten(1).select(1, 0).Minus(0.5).abs().Times(-1).Minus(5);
            return stack([zeros_like(score), score], 1);
        });
        Tensor image = zeros([1, 1, 1, 1], ScalarType.Float64).Plus(0.47);
        AttackContext context = new(model, image, zeros(1, ScalarType.Int64), ThreatModel.Linf(0.2));

        double[] walked = [.. Enumerable.Range(1, expected.Length).Select(steps =>
            new MomentumFgsm { Steps = steps, StepSize = 0.02, Decay = decay }.Perturb(context).item<double>())];

        Assert.All(expected.Zip(walked), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Theory]
    [InlineData("linf")]
    [InlineData("l2")]
    public void Perturb_WithoutMomentum_IsPgdFromTheImages(string norm)
    {
        using FallingBatch batch = new(5, ScalarType.Float64);
        ThreatModel threat = FallingBatch.Threat(norm);

        (Tensor without, bool[] fooled) = batch.Attack(new MomentumFgsm { Steps = 6, Decay = 0 }, threat);
        (Tensor pgd, _) = batch.Attack(new Pgd { Steps = 6, StepSize = threat.Epsilon / 6, Start = new CleanStart() }, threat);

        Assert.True((without - pgd).abs().max().item<double>() < 1e-9);
        Assert.Contains(true, fooled);
    }

    [Theory]
    [InlineData("linf")]
    [InlineData("l2")]
    [InlineData("l1")]
    public void Perturb_OneStep_IsFgsm(string norm)
    {
        using FallingBatch batch = new(5, ScalarType.Float64);
        ThreatModel threat = FallingBatch.Threat(norm);

        (Tensor one, _) = batch.Attack(new MomentumFgsm { Steps = 1 }, threat);
        (Tensor fgsm, _) = batch.Attack(new Fgsm(), threat);

        Assert.True((one - fgsm).abs().max().item<double>() < 1e-9);
    }
}
