using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>GAMA and MI-FGSM against what the authors' own code returned, in float64.</summary>
public class MarginAttackVectorTests
{
    [Theory]
    [InlineData("attack_gama_default")]
    [InlineData("attack_gama_main_usage")]
    public void Gama_PublishedNoise_ReturnsThePublishedImagesBroughtIntoTheBall(string name)
    {
        using AttackVectorCase vector = new(name);
        Gama attack = new() { Steps = vector.Whole("num_steps"), StepSize = vector.Number("eps_iter") };
        AttackContext context = vector.Context(ThreatModel.Linf(vector.Number("epsilon"))) with { Noise = new RecordedStream(normal: vector.Draw("0.uniform_")) };

        // The published code returns its last step unprojected, so no logits of it are comparable; the loss is that of the iterate before.
        Tensor published = vector.Case["out.f64.x_adv"], projected = context.Threat.Project(published, vector.Images);
        Assert.True(context.Threat.Distance(published, vector.Images).max().item<double>() > context.Threat.Epsilon + 1e-4);
        Tensor ours = attack.Perturb(context);
        double differing = (ours - projected).abs().IsAbove(1e-7).to(ScalarType.Float64).mean().item<double>();
        Assert.True(differing <= 1e-4, $"{differing:g3} of the pixels differ");

        // Its noise stays in float32, epsilon included, so that the loss, which is compared to 1e-12, needs the very start.
        Tensor start = vector.Images.Plus(vector.Draw("0.uniform_").sign().Times((double)(float)context.Threat.Epsilon));
        Tensor before = (attack with { Steps = attack.Steps - 1 }).Perturb(context with { Start = start });
        bool guided = attack.Steps - 1 < attack.GuidedSteps;
        Assert.False(guided, "the last loss must be the plain margin of the probabilities");
        vector.Case.AssertMatches("out.f64.loss_last_iterate", new GuidedMargin(0).PerExample(vector.Model.call(before), new AttackGoal(vector.Labels)).mean());
        vector.Case.AssertMatches("out.natural_correct", vector.Model.call(vector.Images).argmax(1).eq(vector.Labels).sum());
    }

    [Fact]
    public void MomentumFgsm_PublishedBatch_ReturnsThePublishedImages()
    {
        using AttackVectorCase vector = new("attack_mifgsm");
        MomentumFgsm attack = new() { Steps = vector.Whole("steps"), StepSize = vector.Number("alpha"), Decay = vector.Number("decay") };
        vector.AssertMatches(attack.Perturb(vector.Context(ThreatModel.Linf(vector.Number("eps")))));
    }
}
