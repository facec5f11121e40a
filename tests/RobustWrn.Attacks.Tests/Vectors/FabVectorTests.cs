using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>FAB and FAB-T against the authors' code.</summary>
[Trait("Category", VectorRun.Category)]
public sealed class FabVectorTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string, ScalarType> Walks() => new(
        from norm in (string[])["linf", "l2", "l1"]
        from kind in (string[])["untargeted", "targeted"]
        from dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32]
        select ($"aa_fab_{norm}_{kind}", dtype));

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Walks))]
    public void Minimize_PublishedBatch_ReturnsThePublishedImagesAndDistances(string name, ScalarType dtype)
    {
        using VectorCase vector = VectorCase.Open(name);
        using Classifier model = vector.BuildModel(dtype);
        int steps = vector.Hyperparameters.GetProperty("n_iter").GetInt32();
        IMinimalNormAttack attack = vector.Hyperparameters.GetProperty("targeted").GetBoolean()
            ? new TargetedFab { Steps = steps, TargetClasses = 1 }
            : new Fab { Steps = steps };
        AttackContext context = Context(vector, model, dtype);

        using MinimalPerturbations found = attack.Minimize(context);

        VectorTolerance pixels = vector.Tolerance("out.f64.adv_c", inFloat32: dtype == ScalarType.Float32);
        // Under L1 a move spends itself on one pixel after the other, and of nearly equal slopes rounding says which comes first: the
        // distance tells, not the pixel.
        if (dtype == ScalarType.Float32 && context.Threat is L1Threat)
            pixels = pixels with { Differing = 0.01 };
        Assert.Null(pixels.Problem(vector["out.f64.adv_c"], found.Images));
        // The authors give distances only of what was classified rightly, and 1e10 where nothing was found.
        Tensor published = found.Distances.index_select(0, model.call(context.Images).argmax(1).eq(context.Labels).nonzero().flatten()).Clamped(0, 1e10);
        vector.AssertMatches("out.f64.res2", published, dtype == ScalarType.Float32);
        if (dtype == ScalarType.Float32)
            vector.AssertMatches("out.f32.res2", published, inFloat32: true);
    }

    [Theory]
    [InlineData("aa_fabt_linf_perturb", ScalarType.Float64)]
    [InlineData("aa_fabt_l2_perturb", ScalarType.Float64)]
    [InlineData("aa_fabt_linf_perturb", ScalarType.Float32)]
    [InlineData("aa_fabt_l2_perturb", ScalarType.Float32)]
    public void Perturb_NineTargetClasses_ReturnsThePublishedImages(string name, ScalarType dtype)
    {
        using VectorCase vector = VectorCase.Open(name);
        using Classifier model = vector.BuildModel(dtype);
        AttackContext context = Context(vector, model, dtype);
        TargetedFab attack = new() { Steps = vector.Hyperparameters.GetProperty("n_iter").GetInt32() };
        using Tensor found = attack.Perturb(context);
        vector.AssertMatches("out.f64.x_adv", found, dtype == ScalarType.Float32);
        vector.AssertMatches("out.robust_flags", model.call(found).argmax(1).eq(context.Labels));
    }

    private static AttackContext Context(VectorCase vector, Classifier model, ScalarType dtype)
    {
        double epsilon = vector.Number("eps");
        ThreatModel threat = vector.Hyperparameters.GetProperty("norm").GetString() switch
        {
            "Linf" => ThreatModel.Linf(epsilon),
            "L2" => ThreatModel.L2(epsilon),
            _ => ThreatModel.L1(epsilon),
        };
        return new AttackContext(model, vector["in.x"].to(dtype), vector["in.y"].to(ScalarType.Int64), threat);
    }
}
