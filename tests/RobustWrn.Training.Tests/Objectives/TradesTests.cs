using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class TradesTests
{
    [Fact]
    public void Evaluate_TwoClassLinearModel_GivesTheClosedForm()
    {
        using DisposeScope scope = NewDisposeScope();
        // Logits (s, 0) with s = sum of the pixels: inside the box the worst x' is a corner of the ball, where s moves by 4 epsilon.
        using Linear model = LinearModel([1, 1, 1, 1]);
        using ObjectiveLoss loss = new Trades { Beta = 2 }.Evaluate(new ObjectiveContext(
            Flattened(model), zeros([1, 1, 2, 2], ScalarType.Float64).FilledLike(0.5), zeros(1, ScalarType.Int64), ThreatModel.Linf(0.1)));

        double p = Sigmoid(2), q = Sigmoid(2 + Math.Sign(loss.Adversarial!.sum().Number() - 2) * 0.4);
        double divergence = p * Math.Log(p / q) + (1 - p) * Math.Log((1 - p) / (1 - q));
        Assert.Equal(-Math.Log(p), loss.Parts[0].Value.Number(), 1e-12);
        Assert.Equal(divergence, loss.Parts[1].Value.Number(), 1e-12);
        Assert.Equal(-Math.Log(p) + 2 * divergence, loss.Total.Number(), 1e-12);

        static double Sigmoid(double s) => 1 / (1 + Math.Exp(-s));
    }

    [Fact]
    public void Evaluate_ProbabilityThatUnderflows_KeepsTheGradientFinite()
    {
        using DisposeScope scope = NewDisposeScope();
        using Linear model = LinearModel([500, 500, 500, 500]);
        model.to(ScalarType.Float32);
        using ObjectiveLoss loss = new Trades().Evaluate(new ObjectiveContext(
            Flattened(model), zeros([1, 1, 2, 2]).FilledLike(0.5), zeros(1, ScalarType.Int64), ThreatModel.Linf(0.1)));

        Tensor gradient = autograd.grad([loss.Total], [model.weight!])[0];

        Assert.True(gradient.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Evaluate_DefaultStep_IsThePublishedOne(int which)
    {
        using DisposeScope scope = NewDisposeScope();
        (IRobustObjective unset, IRobustObjective set) = which == 0
            ? ((IRobustObjective)new Trades(), (IRobustObjective)new Trades { InnerAttack = Trades.DefaultAttack with { StepSize = 2.0 / 255 } })
            : (new Madry(), new Madry { InnerAttack = Madry.DefaultAttack with { StepSize = 2.0 / 255 } });
        using Classifier first = Small.Network.Build(1), second = Small.Network.Build(1);
        using ImageBatch batch = new Bars(8, 1).Read([0, 1, 2, 3]);

        using ObjectiveLoss a = unset.Evaluate(new ObjectiveContext(first, batch.Images, batch.Labels, ThreatModel.Linf(8, outOf: 255)));
        using ObjectiveLoss b = set.Evaluate(new ObjectiveContext(second, batch.Images, batch.Labels, ThreatModel.Linf(8, outOf: 255)));

        Assert.True(a.Adversarial!.allclose(b.Adversarial!, rtol: 0, atol: 1e-6));
    }

    [Fact]
    public void Problems_SettingsOutOfRange_AreNamed() => Assert.Equal(
        ["Beta", "InnerAttack.Steps", "InnerAttack.StepSize", "InnerAttack.Reach", "InnerAttack.Loss"],
        new Trades { Beta = double.NaN, InnerAttack = Trades.DefaultAttack with { Steps = 0, StepSize = 0, Reach = 0, Loss = null! } }
            .Problems().Select(problem => problem.Subject));

    [Fact]
    public void Madry_RandomStart_StartsInTheWholeBall()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Small.Network.Build(1);
        using ImageBatch batch = new Bars(8, 1).Read([0, 1, 2, 3]);
        ThreatModel threat = ThreatModel.Linf(0.05);

        Madry objective = new() { InnerAttack = Madry.DefaultAttack with { Steps = 1, StepSize = 1e-9, Start = new RandomStart() } };
        using ObjectiveLoss loss = objective.Evaluate(new ObjectiveContext(classifier, batch.Images, batch.Labels, threat));

        Tensor distance = threat.Distance(loss.Adversarial!, batch.Images);
        Assert.True(distance.min().Number() > 0.04 && distance.max().Number() <= 0.05 + 1e-6, distance.ToString());
    }

    private static Linear LinearModel(double[] row)
    {
        Linear model = nn.Linear(row.Length, 2, hasBias: false, dtype: ScalarType.Float64);
        using IDisposable guard = no_grad();
        using Tensor weight = stack([tensor(row), zeros(row.Length, ScalarType.Float64)]);
        model.weight!.copy_(weight);
        return model;
    }

    private static Sequential Flattened(Linear model) => nn.Sequential(nn.Flatten(), model);
}
