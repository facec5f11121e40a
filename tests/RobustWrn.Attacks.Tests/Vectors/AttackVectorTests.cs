using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>
/// The attacks against what the authors' own code returned: in float64 to its last digits, in float32 as near as rounding lets it.
/// </summary>
[Trait("Category", VectorRun.Category)]
public class AttackVectorTests
{
    public static TheoryData<string> Names() => [.. PublishedAttacks.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Perturb_InFloat64_ReturnsThePublishedImages(string name)
    {
        using AttackVectorCase vector = new(name);
        foreach ((string output, Tensor actual) in PublishedAttacks.Run(vector).Where(pair => !pair.Key.StartsWith("out.f32.", StringComparison.Ordinal)))
            vector.Case.AssertMatches(output, actual);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Perturb_InFloat32_IsOffByRounding(string name)
    {
        using AttackVectorCase vector = new(name, ScalarType.Float32);
        using RoundingBound bound = Bound(vector.Case, name);
        bound.AssertHolds(PublishedAttacks.Run(vector));
    }

    [Fact]
    [Trait("Category", VectorRun.Once)]
    public void Perturb_WrongStepInFloat32_IsNoRounding()
    {
        using AttackVectorCase vector = new("attack_pgd_linf_10", ScalarType.Float32) { Wrong = ("step_size", 0.99) };
        using RoundingBound bound = Bound(vector.Case, vector.Name);
        Assert.Contains(PublishedAttacks.Run(vector), pair => bound.Problem(pair.Key, pair.Value) is not null);
    }

    [Fact]
    public void Pgd_CleanStart_EqualsThePublishedRunWithoutARandomStart()
    {
        using AttackVectorCase vector = new("attack_pgd_linf_nostart_7");
        Pgd attack = new() { Steps = vector.Whole("num_steps"), StepSize = vector.Number("step_size"), Start = new CleanStart() };
        vector.Case.AssertMatches("out.f64.x_adv", attack.Perturb(vector.Context(ThreatModel.Linf(vector.Number("epsilon")))));
    }

    [Fact]
    public void CwLinf_WhereThePublishedCodeStalls_GoesOnToFoolMore()
    {
        using AttackVectorCase vector = new("attack_cw_linf_stall");
        AttackContext context = vector.Context(ThreatModel.Linf(vector.Number("epsilon")), vector.Images.Plus(vector.Draw("0.uniform_")));
        CwLinf attack = new() { Steps = vector.Whole("num_steps"), StepSize = vector.Number("step_size") };
        Tensor stalled = vector.Case["out.f64.x_adv"], ours = attack.Perturb(context);

        Tensor ourLogits = vector.Model.call(ours), stalledLogits = vector.Model.call(stalled);
        AttackGoal goal = new(vector.Labels);
        Tensor margins = new Margin().PerExample(stalledLogits, goal), gain = new Margin().PerExample(ourLogits, goal) - margins;
        long right = ourLogits.argmax(1).eq(vector.Labels).sum().item<long>(), published = vector.Case["out.adv_correct"].item<long>();
        Assert.True(right < published, $"{right} still right, {published} in the published run");
        Assert.True(gain.IsAbove(0).all().item<bool>(), "the margin of every example must rise above where the published run stalled");
        // It stalls where its loss, that of the whole batch, is 0: its last iterate is the one before.
        foreach ((string output, Tensor actual) in vector.Outputs(stalled, -nn.functional.relu(-margins.sum())))
            vector.Case.AssertMatches(output, actual, inFloat32: output.StartsWith("out.f32.", StringComparison.Ordinal));
    }

    private static RoundingBound Bound(VectorCase stored, string name) => new(stored, putOff =>
    {
        using AttackVectorCase vector = new(name, ScalarType.Float64, putOff);
        return PublishedAttacks.Run(vector).ToDictionary(pair => pair.Key, pair => pair.Value.MoveToOuterDisposeScope());
    });
}
