using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Where the gradient is exactly zero, an attack must not return NaN, and must leave the other images their attack.</summary>
public sealed class ZeroGradientTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<IAttack, ThreatModel> Pairs()
    {
        TheoryData<IAttack, ThreatModel> pairs = [];
        foreach (IAttack attack in (IAttack[])[new MomentumFgsm(), new Gama { Steps = 20 }, new ExpectationOverTransformation { Attack = new MomentumFgsm(), Draws = 2 }])
        {
            foreach (ThreatModel threat in (ThreatModel[])[ThreatModel.Linf(0.05), ThreatModel.L2(0.3), ThreatModel.L1(3)])
                pairs.Add(attack, threat);
        }
        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Perturb_OneImageWithoutGradient_MovesTheOtherAndReturnsNumbers(IAttack attack, ThreatModel threat)
    {
        // Images whose second pixel is dark get constant logits.
        Tensor weights = RandomStream.From(8).Normal([0], [75], ScalarType.Float64)[0];
        Lambda model = new(images =>
        {
            Tensor score = (images.flatten(1) * (images.flatten(1).detach().select(1, 1).IsAbove(0.5)).unsqueeze(1)).matmul(weights);
            return stack([zeros_like(score), score.Times(0.05)], 1);
        });
        Tensor images = zeros([2, 3, 5, 5], ScalarType.Float64).Plus(0.6);
        images[0].copy_(images[0].FilledLike(0.2));
        AttackContext context = new(model, images, zeros(2, ScalarType.Int64), threat) { Start = images };
        Tensor moved = attack.Perturb(context);
        Assert.True(moved.isfinite().all().item<bool>());
        Assert.True(moved[0].eq(images[0]).all().item<bool>(), "without a gradient there is no way to go");
        Tensor rise = (moved[1] - images[1]).flatten().dot(weights);
        Assert.True(rise.item<double>() > 0);
    }
}
