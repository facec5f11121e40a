using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>APGD against the official code: step by step, and whole.</summary>
[Trait("Category", VectorRun.Category)]
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
    public void Climb_InFloat64_TakesThePublishedStepsOneByOne(string name)
    {
        using AttackVectorCase vector = new(name);
        VectorCase published = vector.Case;
        Tensor stable = published["in.stable_images_f64"].IsEqualTo(0).logical_not();
        Assert.InRange(stable.sum().WholeNumber(), 7, 8);
        foreach ((string output, Tensor actual) in Climb(vector))
        {
            // The image that is not stable is a label that ranks third: there the loss is 1, and its slope only what the small number in its
            // denominator makes of it.
            published.AssertMatches(output, output.StartsWith("out.f64.", StringComparison.Ordinal) ? Stable(output, actual) : actual);
        }

        // Where rounding decides the way, only the other images can be compared step by step.
        Tensor Stable(string output, Tensor actual)
        {
            Tensor expected = published[output];
            Tensor mask = expected.dim() == 2 ? stable.unsqueeze(0) : expected.dim() == 1 ? stable : stable.reshape(-1, 1, 1, 1);
            return where(mask, actual, expected);
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Climb_InFloat32_IsOffByRounding(string name)
    {
        using AttackVectorCase vector = new(name, ScalarType.Float32);
        using RoundingBound bound = Bound(vector);
        bound.AssertHolds(Climb(vector, inFloat32: true));
    }

    /// <summary>The bound of the test above is no blanket: one constant that is off by little, and it does not hold.</summary>
    [Theory]
    [Trait("Category", VectorRun.Once)]
    [InlineData("aa_apgd_linf_ce_20", "eps", 0.99)]
    [InlineData("aa_apgd_linf_ce_100", "eps", 0.99)]
    [InlineData("aa_apgd_l2_ce_20", "eps", 0.95)]
    [InlineData("aa_apgd_l1_ce_20", "eps", 0.99)]
    public void Climb_WrongConstantInFloat32_IsNoRounding(string name, string constant, double factor)
    {
        using AttackVectorCase vector = new(name, ScalarType.Float32), wrong = new(name, ScalarType.Float32) { Wrong = (constant, factor) };
        using RoundingBound bound = Bound(vector);
        Dictionary<string, Tensor> found = Climb(wrong, inFloat32: true);
        Assert.Contains(found, pair => bound.Problem(pair.Key, pair.Value) is not null);
    }

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

    // Which step broke an image, and so the order in which they fall, float32 may see otherwise; not which fall.
    private static RoundingBound Bound(AttackVectorCase like) => new(like.Case, putOff =>
    {
        using AttackVectorCase vector = new(like.Name, ScalarType.Float64, putOff);
        return Climb(vector, inFloat32: true).ToDictionary(pair => pair.Key, pair => pair.Value.MoveToOuterDisposeScope());
    });

    private static Dictionary<string, Tensor> Climb(AttackVectorCase vector, bool inFloat32 = false)
    {
        VectorCase published = vector.Case;
        ThreatModel threat = Threat(vector);
        AttackContext context = vector.Context(threat);
        Tensor draw = published["in.draw"];
        Tensor start = new ApgdStart().From(context, new RecordedStream(draw, draw));
        if (published.Names.Contains("in.start_f64") && vector.Wrong is null)
            Assert.InRange(Differences.Largest(published["in.start_f64"], start), 0, vector.Images.dtype == ScalarType.Float32 ? 1e-5 : 1e-14);

        IAttackLoss loss = published.Hyperparameters.GetProperty("loss").GetString() == "ce" ? new CrossEntropy() : new Dlr();
        Tensor? targets = published.Names.Contains("in.y_target") ? published["in.y_target"] : null;
        AttackGoal untargeted = new(vector.Labels);
        List<Tensor> losses = [], bests = [], right = [];
        Tensor best = start, stepSize = start, lastFooling = start.clone();
        GradientAscent ascent = new(loss, new AdaptiveStep(vector.Number("rho")), vector.Whole("n_iter"))
        {
            DropFooled = false,
            Watch = step =>
            {
                losses.Add(step.Loss.clone().DetachFromDisposeScope());
                (Tensor bestPoint, Tensor bestLoss) = step.Best!.Value;
                bests.Add(bestLoss.clone().DetachFromDisposeScope());
                Tensor fooled = untargeted.Reached(step.Logits);
                right.Add(fooled.logical_not().DetachFromDisposeScope());
                (best, stepSize) = (bestPoint.clone().DetachFromDisposeScope(), step.Update.StepSize.clone().DetachFromDisposeScope());
                lastFooling = where(fooled.reshape(-1, 1, 1, 1), step.Point, lastFooling).DetachFromDisposeScope();
            },
        };
        using AttackedModel model = new(vector.Model);
        AttackGoal goal = new(vector.Labels, targets) { AnyErrorCounts = true };
        ascent.From(model, context, goal, start.alias(), TestContext.Current.CancellationToken);

        Tensor accuracy = stack(right).to(ScalarType.Int64).cumprod(0);
        Dictionary<string, Tensor> found = new()
        {
            ["out.f64.x_best"] = best,
            ["out.f64.x_best_adv"] = lastFooling,
            ["out.acc"] = accuracy[-1],
        };
        if (inFloat32)
        {
            // The losses of a run that has converged rise and fall by rounding, and so do its steps; some images take another way in the
            // authors' own float32 run.
            Tensor stable = published["in.stable_images_f32"].IsEqualTo(0).logical_not();
            found["out.f64.loss_best"] = where(stable, bests[^1], published["out.f64.loss_best"].to(bests[^1].dtype));
        }
        else
        {
            found["out.f64.loss_best"] = bests[^1];
            found["out.f64.step_size"] = stepSize;
            found["out.f64.loss_steps"] = stack(losses.Skip(1));
            found["out.f64.loss_best_steps"] = stack(bests.Skip(1).Prepend(zeros_like(bests[0])));
            found["out.acc_steps"] = accuracy;
        }
        return found;
    }
}
