using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>The attacks against what the authors' own code returned, in float64.</summary>
public class AttackVectorTests
{
    [Fact]
    public void Fgsm_PublishedBatch_ReturnsThePublishedImages()
    {
        using AttackVectorCase vector = new("attack_fgsm");
        vector.AssertMatches(new Fgsm().Perturb(vector.Context(ThreatModel.Linf(vector.Number("eps")))));
    }

    [Theory]
    [InlineData("attack_pgd_linf_10")]
    [InlineData("attack_pgd_linf_20")]
    [InlineData("attack_pgd_linf_nostart_7")]
    public void Pgd_PublishedStart_ReturnsThePublishedImages(string name)
    {
        using AttackVectorCase vector = new(name);
        bool random = vector.Case.Names.Contains("in.draw.0.uniform_");
        Tensor start = random ? vector.Images.Plus(vector.Draw("0.uniform_")) : vector.Images.clone();
        Pgd attack = new() { Steps = vector.Whole("num_steps"), StepSize = vector.Number("step_size") };
        AttackContext context = vector.Context(ThreatModel.Linf(vector.Number("epsilon")), start);

        vector.AssertMatches(attack.Perturb(context));
        Tensor before = (attack with { Steps = attack.Steps - 1 }).Perturb(context);
        vector.Case.AssertMatches("out.f64.loss_last_iterate", nn.functional.cross_entropy(vector.Model.call(before), vector.Labels));
    }

    [Fact]
    public void Pgd_CleanStart_EqualsThePublishedRunWithoutARandomStart()
    {
        using AttackVectorCase vector = new("attack_pgd_linf_nostart_7");
        Pgd attack = new() { Steps = vector.Whole("num_steps"), StepSize = vector.Number("step_size"), Start = new CleanStart() };
        vector.AssertMatches(attack.Perturb(vector.Context(ThreatModel.Linf(vector.Number("epsilon")))));
    }

    [Fact]
    public void Pgd_StartClampedAsInTorchattacks_ReturnsItsImages()
    {
        using AttackVectorCase vector = new("attack_pgd_linf_torchattacks");
        Pgd attack = new() { Steps = vector.Whole("steps"), StepSize = vector.Number("alpha") };
        Tensor start = vector.Images.Plus(vector.Draw("0.uniform_")).Clamped(0, 1);
        vector.AssertMatches(attack.Perturb(vector.Context(ThreatModel.Linf(vector.Number("eps")), start)));
    }

    [Fact]
    public void Pgd_L2WithReplayedDraws_ReturnsTheImagesOfTorchattacks()
    {
        using AttackVectorCase vector = new("attack_pgd_l2_torchattacks");
        // The 1e-10 that torchattacks adds to the gradient's length weighs more because its gradient is that of the batch's mean.
        Pgd attack = new() { Steps = vector.Whole("steps"), StepSize = vector.Number("alpha"), Loss = new BatchMean(new CrossEntropy()) };
        AttackContext context = vector.Context(ThreatModel.L2(vector.Number("eps"))) with
        {
            Noise = new RecordedStream(vector.Draw("0.normal_"), vector.Draw("1.uniform_")),
        };
        vector.AssertMatches(attack.Perturb(context));
    }

    [Fact]
    public void CwLinf_PublishedStart_ReturnsThePublishedImages()
    {
        using AttackVectorCase vector = new("attack_cw_linf_20");
        CwLinf attack = Published(vector);
        AttackContext context = vector.Context(ThreatModel.Linf(vector.Number("epsilon")), vector.Images.Plus(vector.Draw("0.uniform_")));

        vector.AssertMatches(attack.Perturb(context));
        Tensor before = (attack with { Steps = attack.Steps - 1 }).Perturb(context);
        Tensor summed = new Margin().PerExample(vector.Model.call(before), new AttackGoal(vector.Labels)).sum();
        vector.Case.AssertMatches("out.f64.loss_last_iterate", -nn.functional.relu(-summed));
    }

    [Fact]
    public void CwLinf_WhereThePublishedCodeStalls_GoesOnToFoolMore()
    {
        using AttackVectorCase vector = new("attack_cw_linf_stall");
        AttackContext context = vector.Context(ThreatModel.Linf(vector.Number("epsilon")), vector.Images.Plus(vector.Draw("0.uniform_")));
        Tensor stalled = vector.Case["out.f64.x_adv"], ours = Published(vector).Perturb(context);

        Tensor ourLogits = vector.Model.call(ours), stalledLogits = vector.Model.call(stalled);
        AttackGoal goal = new(vector.Labels);
        Tensor gain = new Margin().PerExample(ourLogits, goal) - new Margin().PerExample(stalledLogits, goal);
        long right = ourLogits.argmax(1).eq(vector.Labels).sum().item<long>(), published = vector.Case["out.adv_correct"].item<long>();
        Assert.True(right < published, $"{right} still right, {published} in the published run");
        Assert.True(gain.IsAbove(0).all().item<bool>(), "the margin of every example must rise above where the published run stalled");
    }

    [Fact]
    public void TradesInnerMaximisation_LinfWithReplayedNoise_ReturnsThePublishedImages()
    {
        using AttackVectorCase vector = new("attack_trades_kl_l_inf");
        GradientAscent ascent = new(new KullbackLeibler(), new ConstantStep(vector.Number("step_size")), vector.Whole("perturb_steps"))
        {
            Start = new GaussianStart(vector.Number("noise_scale")),
        };
        AttackContext context = vector.Context(ThreatModel.Linf(vector.Number("epsilon"))) with { Noise = new RecordedStream(vector.Draw("0.randn")) };
        vector.AssertMatches(ascent.Run(context));
    }

    [Fact]
    public void TradesInnerMaximisation_L2WithReplayedNoise_ReturnsThePublishedImages()
    {
        using AttackVectorCase vector = new("attack_trades_kl_l_2");
        int steps = vector.Whole("perturb_steps");
        double epsilon = vector.Number("epsilon");
        GradientAscent ascent = new(new KullbackLeibler(), new ConstantStep(epsilon / steps * 2), steps)
        {
            Start = new GaussianStart(vector.Number("noise_scale")),
            Ball = new RenormBall(epsilon),
        };
        AttackContext context = vector.Context(ThreatModel.L2(epsilon)) with { Noise = new RecordedStream(vector.Draw("1.randn")) };
        vector.AssertMatches(ascent.Run(context));
    }

    private static CwLinf Published(AttackVectorCase vector) => new() { Steps = vector.Whole("num_steps"), StepSize = vector.Number("step_size") };

    private sealed record BatchMean(IAttackLoss Loss) : IAttackLoss
    {
        public Tensor PerExample(Tensor logits, AttackGoal goal) => Loss.PerExample(logits, goal).Over(logits.shape[0]);

        public IEnumerable<Problem> Problems() => [];
    }
}
