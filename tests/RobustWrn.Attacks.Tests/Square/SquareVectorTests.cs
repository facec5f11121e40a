using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>The Square attack against what AutoAttack's own code returned from the same draws.</summary>
[Trait("Category", VectorRun.Category)]
public class SquareVectorTests
{
    // The images under L1 that go their own way, by their place among the attacked: on every processor, in float64 and in float32.
    private static readonly long[] OfTheirOwn = [0, 3, 4];

    [Theory]
    [InlineData("aa_square_linf", ScalarType.Float64)]
    [InlineData("aa_square_linf", ScalarType.Float32)]
    [InlineData("aa_square_l2", ScalarType.Float64)]
    [InlineData("aa_square_l2", ScalarType.Float32)]
    [InlineData("aa_square_l1", ScalarType.Float64)]
    [InlineData("aa_square_l1", ScalarType.Float32)]
    public void Perturb_ReplayedDraws_ReturnsThePublishedImagesAfterAsManyQueries(string name, ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        using VectorCase vector = VectorCase.Open(name), network = VectorCase.Open("small_net");
        using Classifier model = network.BuildModel(dtype);
        Tensor images = vector["in.x"].to(dtype), labels = vector["in.y"].to(ScalarType.Int64);
        double epsilon = vector.Number("eps");
        ThreatModel threat = vector.Hyperparameters.GetProperty("norm").GetString() switch
        {
            "Linf" => ThreatModel.Linf(epsilon),
            "L2" => ThreatModel.L2(epsilon),
            _ => ThreatModel.L1(epsilon),
        };
        ReplayedDraws draws = new(vector["in.draws"], channels: 3, signsForAll: threat is LinfThreat);
        Square attack = new() { Queries = vector.Hyperparameters.GetProperty("n_queries").GetInt32(), InitialShare = vector.Number("p_init") };

        Tensor found = attack.Perturb(new AttackContext(model, images, labels, threat) { Noise = draws });

        Tensor attacked = model.call(images).argmax(1).eq(labels), robust = model.call(found).argmax(1).eq(labels);
        Tensor rows = attacked.nonzero().flatten(), best = found.index_select(0, rows);
        vector.AssertMatches("out.robust_flags", robust);
        vector.AssertMatches("out.n_queries", tensor(rows.data<long>().ToArray().Select(draws.QueriesOf).ToArray()));
        vector.AssertMatches("out.f32.x_best", best);
        vector.AssertMatches("out.f32.x_adv", where((attacked & robust.logical_not()).reshape(-1, 1, 1, 1), found, images));
        Tensor margin = -new Margin().PerExample(model.call(best), new AttackGoal(labels.index_select(0, rows)));
        if (threat is L1Threat)
        {
            // Under L1 a window without change takes the pattern of the rounding left in it, scaled up to full length. The published
            // projection always computes in float32, so images whose windows met such dust go their own way, to the same verdicts after as
            // many queries; the others are the published ones to the last pixel.
            Tensor others = tensor(Enumerable.Range(0, (int)rows.shape[0]).Select(row => (long)row).Except(OfTheirOwn).ToArray());
            Assert.Equal(3, others.shape[0]);
            Assert.InRange(Largest(vector["out.f32.x_best"], best), 0, 1e-5);
            Assert.InRange(Largest(vector["out.f32.margin_min"], margin), 0, 1e-4);

            double Largest(Tensor expected, Tensor actual) => Differences.Largest(expected.index_select(0, others), actual.index_select(0, others));
        }
        else
        {
            vector.AssertMatches("out.f32.margin_min", margin);
        }
        Assert.True(draws.Exhausted, "the published run drew more");
    }
}
