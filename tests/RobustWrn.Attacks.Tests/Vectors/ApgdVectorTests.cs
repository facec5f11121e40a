using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>APGD against the official code: step by step, and whole.</summary>
public class ApgdVectorTests
{
    public static TheoryData<string> Runs() =>
    [
        "aa_apgd_linf_ce_20", "aa_apgd_linf_dlr_20", "aa_apgd_linf_dlr_targeted_20", "aa_apgd_linf_ce_100",
        "aa_apgd_l2_ce_20", "aa_apgd_l2_dlr_20", "aa_apgd_l2_dlr_targeted_20", "aa_apgd_l2_dlr_targeted_60",
        "aa_apgd_l1_ce_20", "aa_apgd_l1_dlr_20", "aa_apgd_l1_dlr_targeted_20",
    ];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Climb_InFloat64_TakesThePublishedStepsOneByOne(string name) => AssertPublished(name, ScalarType.Float64);

    [Theory]
    [MemberData(nameof(Runs))]
    public void Climb_InFloat32_EndsAtThePublishedPointsWithinItsRounding(string name) => AssertPublished(name, ScalarType.Float32);

    [Theory]
    [InlineData("aa_apgdt_linf_perturb", "rand", 1)]
    [InlineData("aa_apgdt_l2_perturb", "randn", 1)]
    [InlineData("aa_apgdt_l1_perturb", "randn_like", 4)] // in L1 the official code draws a start for each of three stages and uses none of them
    public void TargetedApgd_ReplayedDraws_FoolsWhatThePublishedRunFools(string name, string draw, int every)
    {
        foreach (ScalarType dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32])
        {
            using AttackVectorCase vector = new(name, dtype);
            TargetedApgd attack = new() { Steps = vector.Whole("n_iter"), TargetClasses = vector.Whole("n_target_classes") };
            QueuedStream draws = new(Enumerable.Range(0, vector.Whole("n_target_classes")).Select(i => vector.Case[$"in.draw.{i * every}.{draw}"]));
            AttackContext context = vector.Context(Threat(vector)) with { Noise = draws };

            Tensor adversarial = attack.Perturb(context);

            using AttackedModel model = new(vector.Model);
            Tensor robust = model.Logits(adversarial).argmax(1).eq(vector.Labels);
            vector.Case.AssertMatches("out.robust_flags", robust.to(ScalarType.Int64));
            Assert.True(context.Threat.Distance(adversarial, vector.Images).max().Number() <= context.Threat.Epsilon + context.Threat.Tolerance);
            Assert.Equal(0, draws.Left);
        }
    }

    private static ThreatModel Threat(AttackVectorCase vector) => vector.Case.Hyperparameters.GetProperty("norm").GetString() switch
    {
        "Linf" => ThreatModel.Linf(vector.Number("eps")),
        "L2" => ThreatModel.L2(vector.Number("eps")),
        _ => ThreatModel.L1(vector.Number("eps")),
    };

    private static void AssertPublished(string name, ScalarType dtype)
    {
        bool inFloat32 = dtype == ScalarType.Float32;
        using AttackVectorCase vector = new(name, dtype);
        VectorCase published = vector.Case;
        ThreatModel threat = Threat(vector);
        AttackContext context = vector.Context(threat);
        Tensor draw = published["in.draw"];
        Tensor start = ApgdMoves.RandomStart(threat, vector.Images, new RecordedStream(draw, draw), context.Examples.AsSpan());
        if (published.Names.Contains("in.start_f64"))
            Assert.InRange((start - published["in.start_f64"].to(dtype)).abs().max().Number(), 0, inFloat32 ? 1e-5 : 1e-14);

        IAttackLoss loss = published.Hyperparameters.GetProperty("loss").GetString() == "ce" ? new CrossEntropy() : new Dlr();
        Tensor? targets = published.Names.Contains("in.y_target") ? published["in.y_target"] : null;
        List<Tensor> losses = [], bests = [], right = [];
        Tensor best = start, stepSize = start, lastFooling = start.clone();
        ApgdSettings settings = new(loss, vector.Number("rho"))
        {
            DropFooled = false,
            Watch = step =>
            {
                losses.Add(step.Loss.clone().DetachFromDisposeScope());
                bests.Add(step.BestLoss.clone().DetachFromDisposeScope());
                right.Add(step.Fooled.logical_not().DetachFromDisposeScope());
                (best, stepSize) = (step.Best.clone().DetachFromDisposeScope(), step.StepSize.clone().DetachFromDisposeScope());
                lastFooling = where(step.Fooled.reshape(-1, 1, 1, 1), step.Point, lastFooling).DetachFromDisposeScope();
            },
        };
        using AttackedModel model = new(vector.Model);
        using ApgdRun run = new(model, settings, context, new AttackGoal(vector.Labels, targets), null, start);
        run.Climb(new ApgdStage(threat, vector.Whole("n_iter")), TestContext.Current.CancellationToken);

        published.AssertMatches("out.f64.x_best", best, inFloat32);
        // After 100 steps in float32 a halving more or less is rounding, and the last fooling point lies within two of those short steps.
        if (inFloat32 && losses.Count > 100)
            Assert.InRange((lastFooling.to(ScalarType.Float64) - published["out.f64.x_best_adv"]).abs().max().Number(), 0, 5e-4);
        else
            published.AssertMatches("out.f64.x_best_adv", lastFooling, inFloat32);
        Tensor accuracy = stack(right).to(ScalarType.Int64).cumprod(0);
        published.AssertMatches("out.acc", accuracy[-1]);
        if (inFloat32) // the losses of a run that has converged rise and fall by rounding, and so do its steps
            return;
        published.AssertMatches("out.acc_steps", accuracy);
        Tensor stable = published["in.stable_images_f64"].IsEqualTo(0).logical_not();
        Assert.InRange(stable.sum().WholeNumber(), 7, 8);
        Check("loss_steps", stack(losses.Skip(1)));
        Check("loss_best_steps", stack(bests.Skip(1).Prepend(zeros_like(bests[0]))));
        Check("loss_best", bests[^1]);
        Check("step_size", stepSize);
        Check("x_best", best);

        // Where rounding decides the way, only the other images can be compared step by step.
        void Check(string output, Tensor actual)
        {
            Tensor expected = published[$"out.f64.{output}"];
            Tensor mask = expected.dim() == 2 ? stable.unsqueeze(0) : expected.dim() == 1 ? stable : stable.reshape(-1, 1, 1, 1);
            published.AssertMatches($"out.f64.{output}", where(mask, actual, expected));
        }
    }
}
