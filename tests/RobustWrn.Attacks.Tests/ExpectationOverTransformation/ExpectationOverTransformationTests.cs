using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Gradients that are means over the draws of a randomised model.</summary>
public sealed class ExpectationOverTransformationTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _images = zeros([4, 3, 5, 5], ScalarType.Float64).Plus(0.5);
    private readonly Tensor _labels = zeros(4, ScalarType.Int64);
    private readonly Tensor _weights = RandomStream.From(8).Normal([0], [75], ScalarType.Float64)[0];

    public void Dispose() => _scope.Dispose();

    public static TheoryData<IAttack> GradientAttacks() =>
    [
        new Fgsm(), new Pgd { Steps = 5 }, new CwLinf { Steps = 5 }, new Gama { Steps = 5 }, new MomentumFgsm { Steps = 5 },
        new Apgd { Steps = 5 }, new Apgd { Steps = 5, Loss = new Margin() }, new Fab { Steps = 5 },
    ];

    [Theory]
    [MemberData(nameof(GradientAttacks))]
    public void Perturb_ModelWithoutRandomness_FindsWhatTheAttackFinds(IAttack attack)
    {
        using LinearModel model = LinearModel.TwoClasses(75, shift: -1, ScalarType.Float64);
        AttackContext context = new(model, _images, _labels, ThreatModel.Linf(0.05));
        Tensor alone = attack.Perturb(context), wrapped = new ExpectationOverTransformation { Attack = attack, Draws = 3 }.Perturb(context);
        Assert.True((wrapped - alone).abs().max().item<double>() < 1e-12);
    }

    [Fact]
    public void Perturb_NoisyGradient_FollowsItsMeanNotOneDraw()
    {
        // Weights plus noise three times as long. Over draws that cancel in fours the mean is the weights themselves: one step of the L2 ascent shows its direction.
        int call = 0;
        Tensor noise = RandomStream.From(9).Normal([0, 1], [75], ScalarType.Float64).Times(3);
        Lambda model = new(images =>
        {
            Tensor drawn = (call % 4) switch { 0 => noise[0], 1 => noise[1], 2 => -noise[0], _ => -noise[1] };
            call++;
            Tensor score = images.flatten(1).matmul(_weights.Plus(drawn));
            return stack([zeros_like(score), score], 1);
        });
        AttackContext context = new(model, _images, _labels, ThreatModel.L2(0.25));
        Fgsm attack = new() { Loss = new Margin() };
        Tensor best = (_weights / _weights.norm()).Times(0.25).reshape(3, 5, 5);

        Tensor one = attack.Perturb(context) - _images;
        call = 0;
        Tensor mean = new ExpectationOverTransformation { Attack = attack, Draws = 4 }.Perturb(context) - _images;

        Assert.True((mean - best).abs().max().item<double>() < 1e-9);
        Assert.True((one - best).norm().item<double>() > 0.1);
        Assert.Equal(4, call);
    }

    [Fact]
    public void Name_AttackAndDraws_SaysBoth()
    {
        ExpectationOverTransformation attack = new() { Attack = new Pgd { Steps = 7 }, Draws = 5 };
        Assert.Equal("PGD-7 EOT 5", attack.Name);
        Assert.Equal(35, attack.MaxGradients);
        Assert.Equal(["Attack.Steps", "Draws"], new ExpectationOverTransformation { Attack = new Pgd { Steps = 0 }, Draws = 0 }.Problems().Select(problem => problem.Subject).Order());
    }
}
