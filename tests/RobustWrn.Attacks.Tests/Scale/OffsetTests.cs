using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>What the small numbers are worth that published code adds to a gradient's length.</summary>
public class OffsetTests
{
    /// <summary>Its gradients are longer than 1e-3, so 1e-10 is at most 1e-7 of a step.</summary>
    [Fact]
    public void Pgd_WithoutTheOffsetOfTorchattacks_EndsAtItsImages()
    {
        using DisposeScope scope = NewDisposeScope();
        using AttackVectorCase vector = new("attack_pgd_l2_torchattacks");
        AttackContext context = vector.Context(ThreatModel.L2(vector.Number("eps"))) with
        {
            Noise = new RecordedStream(vector.Draw("0.normal_"), vector.Draw("1.uniform_")),
        };
        Tensor found = new Pgd { Steps = vector.Whole("steps"), StepSize = vector.Number("alpha") }.Perturb(context);
        Assert.InRange((found - vector.Case["out.f64.x_adv"]).abs().max().Number(), 0, 1e-8);
    }
}
