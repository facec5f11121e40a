using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class MartTests
{
    /// <summary>Logits are the pixels, so that every term can be computed by hand.</summary>
    [Fact]
    public void Evaluate_LogitsThatAreThePixels_GivesTheClosedForm()
    {
        using DisposeScope scope = NewDisposeScope();
        double[] clean = [0.9, 0.4, 0.5], moved = [0.6, 0.7, 0.3];
        Tensor attacked = tensor(moved).reshape(1, 3, 1, 1);
        ObjectiveContext context = new(new Pixels(), tensor(clean).reshape(1, 3, 1, 1), zeros(1, ScalarType.Int64), ThreatModel.Linf(0.5));

        using ObjectiveLoss loss = new Mart { Beta = 3, InnerAttack = new GivenImages(attacked) }.Evaluate(context);

        double[] p = Softmax(clean), q = Softmax(moved);
        double boosted = -Math.Log(q[0]) - Math.Log(1.0001 - Math.Max(q[1], q[2]) + 1e-12);
        double robust = p.Zip(q, (a, b) => a * Math.Log(a / (b + 1e-12))).Sum() * (1.0000001 - p[0]);
        Assert.Equal(["boosted", "robust"], loss.Parts.Select(part => part.Name));
        Assert.Equal(boosted, loss.Parts[0].Value.Number(), 1e-12);
        Assert.Equal(robust, loss.Parts[1].Value.Number(), 1e-12);
        Assert.Equal(boosted + 3 * robust, loss.Total.Number(), 1e-12);
    }

    [Fact]
    public void Evaluate_ProbabilityThatUnderflows_KeepsTheGradientFinite()
    {
        using DisposeScope scope = NewDisposeScope();
        using Linear model = nn.Linear(4, 3, hasBias: false);
        using (no_grad())
            model.weight!.copy_(tensor(new float[] { 500, 500, 500, 500, 0, 0, 0, 0, -500, -500, -500, -500 }).reshape(3, 4));
        using ObjectiveLoss loss = new Mart().Evaluate(new ObjectiveContext(
            nn.Sequential(nn.Flatten(), model), zeros([2, 1, 2, 2]).FilledLike(0.5), tensor([0L, 2]), ThreatModel.Linf(0.1)));

        Tensor gradient = autograd.grad([loss.Total], [model.weight!])[0];

        Assert.True(gradient.isfinite().all().item<bool>());
    }

    /// <summary>The two published starts: of one step's deviation by default, of 0.001 in the code of Wang et al.; the draws are the same.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(0.001)]
    public void Evaluate_Start_IsTheNoiseAroundTheImages(double? deviation)
    {
        using DisposeScope scope = NewDisposeScope();
        const double step = 1e-9;
        using Classifier classifier = Small.Network.Build(1);
        using ImageBatch batch = new Bars(8, 1).Read([0, 1, 2, 3]);
        ObjectiveContext context = new(classifier, batch.Images, batch.Labels, ThreatModel.Linf(0.1)) { Examples = ValueList.Create(batch.Examples) };
        IAttackStart? start = deviation is { } given ? new GaussianStart(given) : null;

        using ObjectiveLoss loss = new Mart { InnerAttack = Mart.DefaultAttack with { Steps = 1, StepSize = step, Start = start } }.Evaluate(context);

        Tensor noise = context.Noise.For("start").At(0).Normal(batch.Examples, batch.Images.shape.AsSpan(1)).Times(deviation ?? step);
        Assert.True(loss.Adversarial!.allclose(batch.Images.Plus(noise).Clamped(0, 1), rtol: 0, atol: 1e-7));
    }

    [Fact]
    public void Problems_SettingsOutOfRange_AreNamed() => Assert.Equal(
        ["Beta", "InnerAttack.Steps", "InnerAttack.StepSize", "InnerAttack.Start.Deviation"],
        new Mart { Beta = -1, InnerAttack = Mart.DefaultAttack with { Steps = 0, StepSize = 0, Start = new GaussianStart(-1) } }
            .Problems().Select(problem => problem.Subject));

    private static double[] Softmax(double[] logits)
    {
        double sum = logits.Sum(Math.Exp);
        return [.. logits.Select(logit => Math.Exp(logit) / sum)];
    }
}
