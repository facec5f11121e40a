using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>On a linear model the strongest perturbation is known in closed form.</summary>
public sealed class LinearModelAttackTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly LinearModel _model = LinearModel.TwoClasses(3 * 6 * 5);
    private readonly Tensor _images = RandomStream.From(4).Uniform([0, 1, 2, 3, 4], [3, 6, 5]).Times(0.6f).Plus(0.2f);

    public static TheoryData<string> Attacks() => ["fgsm", "pgd", "cw", "pgd from given start"];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Perturb_LinfOnLinearModel_ReachesTheCornerOfTheBall(string name)
    {
        LinfThreat threat = ThreatModel.Linf(8, outOf: 255);
        Tensor labels = zeros(5, ScalarType.Int64), sign = _model.Weight[1].sign().reshape(3, 6, 5);
        AttackContext context = new(_model, _images, labels, threat);
        Tensor corner = _images.Plus(sign.Times(threat.Epsilon)), other = _images - sign.Times(threat.Epsilon);

        Assert.True(Attack(name).Perturb(Started(name, context)).eq(corner).all().item<bool>(), "away from label 0 is along the weights");
        Assert.True(Attack(name).Perturb(Started(name, context with { Labels = ones_like(labels) })).eq(other).all().item<bool>(), "away from label 1 is against them");
        Assert.True(Attack(name).Perturb(Started(name, context with { Targets = labels })).eq(other).all().item<bool>(), "towards class 0 is against them");
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Perturb_L2OnLinearModel_ReachesTheEndOfTheRadius(string name)
    {
        L2Threat threat = ThreatModel.L2(0.25);
        Tensor direction = (_model.Weight[1] / _model.Weight[1].norm()).reshape(3, 6, 5);
        AttackContext context = new(_model, _images, zeros(5, ScalarType.Int64), threat);
        // From a start beside the radius the end is approached, not hit: each projection turns towards it.
        Tensor moved = (Attack(name) is Pgd pgd ? pgd with { Steps = 100 } : Attack(name) is CwLinf cw ? cw with { Steps = 100 } : Attack(name)).Perturb(Started(name, context));
        double farthest = (moved - _images.Plus(direction.Times(threat.Epsilon))).abs().max().Number();
        Assert.True(farthest < 1e-4, $"{farthest:g3} away");
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Perturb_L1OnLinearModel_SpendsTheRadiusOnTheSteepestValue(string name)
    {
        L1Threat threat = ThreatModel.L1(0.15);
        Tensor steepest = threat.SteepestDirection(_model.Weight[1].reshape(1, 3, 6, 5));
        AttackContext context = new(_model, _images, zeros(5, ScalarType.Int64), threat);
        Tensor moved = (Attack(name) is Pgd pgd ? pgd with { Steps = 100 } : Attack(name) is CwLinf cw ? cw with { Steps = 100 } : Attack(name)).Perturb(Started(name, context));
        double farthest = (moved - _images.Plus(steepest.Times(threat.Epsilon))).abs().max().Number();
        Assert.True(farthest < 1e-4, $"{farthest:g3} away");
    }

    private static IAttack Attack(string name) => name switch
    {
        "fgsm" => new Fgsm(),
        "cw" => new CwLinf(),
        _ => new Pgd(),
    };

    private AttackContext Started(string name, AttackContext context) =>
        name.EndsWith("start", StringComparison.Ordinal) ? context with { Start = _images.Plus(0.01f) } : context;
}
