using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>The published attacks whose images ours must be, as the library runs them: every stored output by its name.</summary>
internal static class PublishedAttacks
{
    private static readonly string[] WithoutRandomStart = ["attack_pgd_linf_nostart_7"];

    public static string[] Names { get; } =
    [
        "attack_fgsm", "attack_mifgsm", "attack_pgd_linf_10", "attack_pgd_linf_20", "attack_pgd_linf_nostart_7", "attack_pgd_linf_torchattacks",
        "attack_pgd_l2_torchattacks", "attack_cw_linf_20", "attack_trades_kl_l_inf", "attack_trades_kl_l_2",
    ];

    /// <summary>Outputs of a run in the type of the case's network.</summary>
    public static Dictionary<string, Tensor> Run(AttackVectorCase vector)
    {
        (Tensor images, Tensor? loss) = vector.Name switch
        {
            "attack_fgsm" => (new Fgsm().Perturb(Linf(vector, "eps")), null),
            "attack_mifgsm" => (Momentum(vector).Perturb(Linf(vector, "eps")), null),
            "attack_pgd_linf_torchattacks" => (ClampedStart(vector), null),
            "attack_pgd_l2_torchattacks" => (BatchMeanInL2(vector), null),
            "attack_cw_linf_20" => MarginInLinf(vector),
            "attack_trades_kl_l_inf" => (Divergence(vector, vector.Number("step_size")).Run(DivergenceContext(vector, l2: false)), null),
            "attack_trades_kl_l_2" => (DivergenceInL2(vector), (Tensor?)null),
            _ => CrossEntropyInLinf(vector),
        };
        return vector.Outputs(images, loss);
    }

    private static AttackContext Linf(AttackVectorCase vector, string epsilon, Tensor? start = null) => vector.Context(ThreatModel.Linf(vector.Number(epsilon)), start);

    private static MomentumFgsm Momentum(AttackVectorCase vector) =>
        new() { Steps = vector.Whole("steps"), StepSize = vector.Number("alpha"), Decay = vector.Number("decay") };

    private static (Tensor, Tensor?) CrossEntropyInLinf(AttackVectorCase vector)
    {
        Tensor start = WithoutRandomStart.Contains(vector.Name) ? vector.Images.clone() : vector.Images.Plus(vector.Draw("0.uniform_"));
        AttackContext context = Linf(vector, "epsilon", start);
        Pgd attack = new() { Steps = vector.Whole("num_steps"), StepSize = vector.Number("step_size") };
        // The published loss is that of the iterate before the last step.
        Tensor before = (attack with { Steps = attack.Steps - 1 }).Perturb(context);
        return (attack.Perturb(context), nn.functional.cross_entropy(vector.Model.call(before), vector.Labels));
    }

    private static Tensor ClampedStart(AttackVectorCase vector) =>
        new Pgd { Steps = vector.Whole("steps"), StepSize = vector.Number("alpha") }
            .Perturb(Linf(vector, "eps", vector.Images.Plus(vector.Draw("0.uniform_")).Clamped(0, 1)));

    private static Tensor BatchMeanInL2(AttackVectorCase vector)
    {
        // The 1e-10 that torchattacks adds to the gradient's length weighs more because its gradient is that of the batch's mean.
        L2Threat threat = ThreatModel.L2(vector.Number("eps"));
        GradientAscent attack = new(new BatchMean(new CrossEntropy()), new ConstantStep(vector.Number("alpha")), vector.Whole("steps"))
        {
            Ball = new OffsetBall(threat, 1e-10),
        };
        return attack.Run(vector.Context(threat) with
        {
            Noise = new RecordedStream(vector.Draw("0.normal_"), vector.Draw("1.uniform_")),
        });
    }

    private static (Tensor, Tensor?) MarginInLinf(AttackVectorCase vector)
    {
        CwLinf attack = new() { Steps = vector.Whole("num_steps"), StepSize = vector.Number("step_size") };
        AttackContext context = Linf(vector, "epsilon", vector.Images.Plus(vector.Draw("0.uniform_")));
        Tensor before = (attack with { Steps = attack.Steps - 1 }).Perturb(context);
        Tensor summed = new Margin().PerExample(vector.Model.call(before), new AttackGoal(vector.Labels)).sum();
        return (attack.Perturb(context), -nn.functional.relu(-summed));
    }

    private static GradientAscent Divergence(AttackVectorCase vector, double step) =>
        new(new KullbackLeibler(), new ConstantStep(step), vector.Whole("perturb_steps")) { Start = new GaussianStart(vector.Number("noise_scale")) };

    private static Tensor DivergenceInL2(AttackVectorCase vector)
    {
        double epsilon = vector.Number("epsilon");
        return (Divergence(vector, epsilon / vector.Whole("perturb_steps") * 2) with { Ball = new RenormBall(epsilon) }).Run(DivergenceContext(vector, l2: true));
    }

    private static AttackContext DivergenceContext(AttackVectorCase vector, bool l2)
    {
        double epsilon = vector.Number("epsilon");
        ThreatModel threat = l2 ? ThreatModel.L2(epsilon) : ThreatModel.Linf(epsilon);
        // Where steps go by the sign, that of a gradient of almost 0 hangs on how the two computations that it compares are rounded.
        Tensor draw = l2 ? vector.Draw("1.randn") : vector.DrawNearby("0.randn", vector.Number("noise_scale"));
        return vector.Context(threat) with { Noise = new RecordedStream(draw) };
    }

    private sealed record BatchMean(IAttackLoss Loss) : IAttackLoss
    {
        public Tensor PerExample(Tensor logits, AttackGoal goal) => Loss.PerExample(logits, goal).Over(logits.shape[0]);

        public IEnumerable<Problem> Problems() => [];
    }
}
