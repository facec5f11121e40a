using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>
/// GAMA against what the authors' own code returned. That returns its last step unprojected, so that ours is the published one brought
/// into the ball.
/// </summary>
[Trait("Category", VectorRun.Category)]
public class GamaVectorTests
{
    [Theory]
    [InlineData("attack_gama_default", ScalarType.Float64)]
    [InlineData("attack_gama_main_usage", ScalarType.Float64)]
    [InlineData("attack_gama_default", ScalarType.Float32)]
    [InlineData("attack_gama_main_usage", ScalarType.Float32)]
    public void Gama_PublishedNoise_ReturnsThePublishedImagesBroughtIntoTheBall(string name, ScalarType dtype)
    {
        using AttackVectorCase vector = new(name, dtype);
        bool inFloat32 = dtype == ScalarType.Float32;
        Gama attack = new() { Steps = vector.Whole("num_steps"), StepSize = vector.Number("eps_iter") };
        AttackContext context = vector.Context(ThreatModel.Linf(vector.Number("epsilon"))) with { Noise = new RecordedStream(normal: vector.Draw("0.uniform_")) };
        Tensor published = vector.Case["out.f64.x_adv"].to(dtype);
        VectorTolerance pixels = vector.Case.Tolerance("out.f64.x_adv", inFloat32);
        Assert.True(context.Threat.Distance(published, vector.Images).max().Number() > context.Threat.Epsilon + 1e-4);

        Assert.Null(pixels.Problem(context.Threat.Project(published, vector.Images), attack.Perturb(context)));

        // Its noise stays in float32, epsilon included, so that the loss, which is compared to 1e-12, needs the very start.
        Tensor start = vector.Images.Plus(vector.Draw("0.uniform_").sign().Times((double)(float)context.Threat.Epsilon));
        Tensor before = (attack with { Steps = attack.Steps - 1 }).Perturb(context with { Start = start });
        bool guided = attack.Steps - 1 < attack.GuidedSteps;
        Assert.False(guided, "the last loss must be the plain margin of the probabilities");
        Tensor loss = new GuidedMargin(0).PerExample(vector.Model.call(before), new AttackGoal(vector.Labels)).mean();
        // All else that is stored is of the unprojected images.
        foreach ((string output, Tensor actual) in vector.Outputs(published, loss).Where(pair => inFloat32 || !pair.Key.StartsWith("out.f32.", StringComparison.Ordinal)))
            vector.Case.AssertMatches(output, actual, inFloat32);
    }
}
