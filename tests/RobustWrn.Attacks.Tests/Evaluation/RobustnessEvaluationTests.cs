using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class RobustnessEvaluationTests : IDisposable
{
    private static readonly LinfThreat Threat = ThreatModel.Linf(8, outOf: 255);
    private static readonly AttackSuite Both = AttackSuite.Of("both", new Fgsm(), new Pgd { Steps = 5 }, new CwLinf { Steps = 5 });

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly AttackVectorCase _vector = new("attack_fgsm");
    private readonly TensorSource _source;
    private readonly string _folder = TestFolder.Make();

    public RobustnessEvaluationTests() => _source = new TensorSource(_vector.Images, _vector.Labels);

    public void Dispose()
    {
        _vector.Dispose();
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Run_PublishedFgsmBatch_CountsThePublishedFlips()
    {
        RobustnessResult result = RobustnessEvaluation.Run(_vector.Model, _source, Threat, AttackSuite.Of("FGSM", new Fgsm()));
        Assert.Equal(new Proportion(6, 8), result.Clean); // correct_clean_and_adv of the index
        Assert.Equal(new Proportion(4, 8), result.Robust);
        Assert.Equal((6, 4), (result.Attacks[0].CorrectBefore, result.Attacks[0].CorrectAfter));
        Assert.Equal(2, result.Examples.Count(outcome => outcome.BrokenBy == "FGSM"));
    }

    [Fact]
    public void Run_OtherBlockSizeAndOrder_GivesTheSameVerdicts()
    {
        ExampleOutcome[] expected = [.. Verdicts(8, _source)];
        Assert.Equal(expected, Verdicts(3, _source));
        Assert.Equal(expected, Verdicts(1, _source));
        Assert.Equal(expected, Verdicts(5, _source.Reordered(7, 2, 0, 5, 1, 6, 4, 3)).OrderBy(outcome => outcome.Index));

        IEnumerable<ExampleOutcome> Verdicts(int block, TensorSource source) =>
            RobustnessEvaluation.Run(_vector.Model, source, Threat, Both, new EvaluationOptions { BlockSize = block, Seed = 3 }).Examples.Select(outcome => outcome with { Margin = 0 });
    }

    [Fact]
    public void Run_Margins_AreNegativeWhereTheModelErrs()
    {
        RobustnessResult result = RobustnessEvaluation.Run(_vector.Model, _source, Threat, Both);

        Assert.All(result.Examples, outcome => Assert.Equal(outcome.Robust, outcome.Margin > 0));
        RobustnessResult without = RobustnessEvaluation.Run(_vector.Model, _source, ThreatModel.Linf(1e-9), AttackSuite.Of("none", new Fgsm()));
        using Tensor logits = _vector.Model.call(_vector.Images);
        Assert.All(without.Examples, outcome =>
        {
            double[] own = logits[outcome.Index].to(ScalarType.Float64).data<double>().ToArray();
            double lead = own[outcome.Label] - own.Where((_, label) => label != outcome.Label).Max();
            Assert.Equal(lead, outcome.Margin, 1e-5);
        });
    }

    [Fact]
    public void CompareRobust_SameImages_PairsThem()
    {
        RobustnessResult strong = RobustnessEvaluation.Run(_vector.Model, _source, Threat, Both);
        RobustnessResult same = RobustnessEvaluation.Run(_vector.Model, _source.Reordered(7, 2, 0, 5, 1, 6, 4, 3), Threat, Both) with { Images = strong.Images };

        Assert.Equal(new PairedComparison(strong.Robust.Hits, 0, 0, strong.Robust.Total - strong.Robust.Hits), strong.CompareRobust(same));
        Assert.StartsWith("both results must have the same threat", Assert.Throws<ArgumentException>(() => strong.CompareRobust(same with { Threat = ThreatModel.Linf(0.1) })).Message);
        Assert.StartsWith("both results must be of the same images", Assert.Throws<ArgumentException>(() => strong.CompareRobust(same with { Images = "other" })).Message);
        Assert.Equal(strong.Classes.Min(tally => tally.Robust.Value), strong.WorstClass!.Robust.Value);
    }

    [Fact]
    public void Run_Cascade_GivesTheVerdictsOfEveryAttackOnEveryImage()
    {
        RobustnessResult cascade = RobustnessEvaluation.Run(_vector.Model, _source, Threat, Both);
        HashSet<long> robust = [.. cascade.Examples.Where(outcome => outcome.CleanPrediction == outcome.Label).Select(outcome => outcome.Index)];
        foreach (IAttack attack in Both.Attacks)
        {
            RobustnessResult alone = RobustnessEvaluation.Run(_vector.Model, _source, Threat, AttackSuite.Of("alone", attack));
            robust.IntersectWith(alone.Examples.Where(outcome => outcome.Robust).Select(outcome => outcome.Index));
        }
        Assert.Equal(robust.Order(), cascade.Examples.Where(outcome => outcome.Robust).Select(outcome => outcome.Index));
        Assert.Equal(cascade.Clean.Hits, cascade.Attacks[0].CorrectBefore);
        Assert.Equal(cascade.Attacks[0].CorrectAfter, cascade.Attacks[1].CorrectBefore);
        Assert.Equal(cascade.Robust.Hits, cascade.Attacks[^1].CorrectAfter);
        Assert.Equal(cascade.Robust, cascade.Classes.Aggregate(new Proportion(0, 0), (sum, tally) => sum + tally.Robust));
        Assert.Equal(cascade.Clean, cascade.Classes.Aggregate(new Proportion(0, 0), (sum, tally) => sum + tally.Clean));
    }

    [Fact]
    public void Run_AnotherAttackInFront_DoesNotChangeTheNoiseOfTheOthers()
    {
        Pgd attack = new() { Steps = 1 };
        RobustnessResult alone = Kept(AttackSuite.Of("one", attack)), second = Kept(AttackSuite.Of("two", new CwL2 { Steps = 1, SearchSteps = 1 }, attack));
        using AdversarialImages first = alone.Adversarial!, other = second.Adversarial!;
        Assert.True(first.Images.eq(other.Images).all().item<bool>());

        using AdversarialImages twice = Kept(AttackSuite.Of("twice", attack, attack)).Adversarial!;
        Assert.False(first.Images.eq(twice.Images).all().item<bool>(), "the second of two equal attacks must draw anew");

        RobustnessResult Kept(AttackSuite suite) =>
            RobustnessEvaluation.Run(_vector.Model, _source, ThreatModel.Linf(1e-6), suite, new EvaluationOptions { KeepAdversarialImages = true });
    }

    [Fact]
    public void AdversarialImages_SavedLoadedAndReplayed_GiveTheSameVerdicts()
    {
        string path = Path.Combine(_folder, "found.safetensors");
        RobustnessResult result = RobustnessEvaluation.Run(_vector.Model, _source, Threat, Both, new EvaluationOptions { BlockSize = 3, KeepAdversarialImages = true });
        using (AdversarialImages kept = result.Adversarial!)
            kept.Save(path);
        using AdversarialImages loaded = AdversarialImages.Load(path);

        Assert.True(Threat.Distance(loaded.Images, _vector.Images).max().Number() <= Threat.Epsilon + Threat.Tolerance);
        Assert.Equal(_vector.Labels.data<long>().ToArray(), loaded.Labels.data<long>().ToArray());
        Replay replay = loaded.Replay(_vector.Model, blockSize: 5);
        Assert.Equal(result.Robust, replay.Correct);
        Assert.Equal(result.Examples.Select(outcome => (outcome.Index, outcome.Robust)), replay.Examples.Select(outcome => (outcome.Index, outcome.Prediction == outcome.Label)));

        using Classifier other = _vector.Case.BuildModel(ScalarType.Float32);
        Assert.Equal(result.Robust, loaded.Replay(other).Correct); // the same weights in float32
    }

    [Fact]
    public void Load_WeightsInsteadOfImages_SaysSo()
    {
        string path = Path.Combine(_folder, "weights.safetensors");
        NetworkWeights.Save(_vector.Model, path);
        Assert.Contains("must hold adversarial images", Assert.Throws<InvalidDataException>(() => AdversarialImages.Load(path)).Message);
    }

    [Fact]
    public void Result_WrittenAndRead_IsEqual()
    {
        RobustnessResult result = RobustnessEvaluation.Run(_vector.Model, _source, Threat, Both);
        string json = result.ToJson();
        Assert.Equal(result, RobustnessResult.FromJson(json));
        Assert.Contains("has version 2", Assert.Throws<InvalidDataException>(() => RobustnessResult.FromJson(json.Replace("\"version\": 1", "\"version\": 2"))).Message);
        Assert.Throws<InvalidDataException>(() => RobustnessResult.FromJson("[]"));
        Assert.Throws<InvalidDataException>(() => RobustnessResult.FromJson("{"));
    }

    [Fact]
    public void Combine_PartsOfASet_EqualsTheWhole()
    {
        EvaluationOptions options = new() { BlockSize = 4, KeepAdversarialImages = true };
        RobustnessResult whole = RobustnessEvaluation.Run(_vector.Model, _source, Threat, Both, options);
        RobustnessResult first = RobustnessEvaluation.Run(_vector.Model, _source.Reordered(0, 1, 2, 3), Threat, Both, options);
        RobustnessResult second = RobustnessEvaluation.Run(_vector.Model, _source.Reordered(4, 5, 6, 7), Threat, Both, options);

        RobustnessResult joined = RobustnessResult.Combine(first, second);

        using AdversarialImages expected = whole.Adversarial!, actual = joined.Adversarial!, one = first.Adversarial!, two = second.Adversarial!;
        Assert.True(expected.Images.eq(actual.Images).all().item<bool>());
        Assert.Equal(Timeless(whole), Timeless(joined));
        Assert.Throws<ArgumentException>(() => RobustnessResult.Combine(first, first));
        Assert.Throws<ArgumentException>(() => RobustnessResult.Combine(first, second with { Seed = 9 }));

        static RobustnessResult Timeless(RobustnessResult result) => result with
        {
            Adversarial = null,
            Audit = null, // parts examine images of their own
            Attacks = result.Attacks.Select(tally => tally with { Duration = default }).ToValueList(),
        };
    }

    [Fact]
    public void Run_ModelThatReturnsNaN_StopsAndNamesIt()
    {
        using LinearModel model = new(zeros([2, 16]).Plus(double.NaN).to(ScalarType.Float32), zeros(2));
        TensorSource source = new(zeros([3, 1, 4, 4]).Plus(0.5f), zeros(3, ScalarType.Int64));
        NonFiniteLogitsException stop = Assert.Throws<NonFiniteLogitsException>(() => RobustnessEvaluation.Run(model, source, Threat, Both));
        Assert.StartsWith("logits must be finite, got NaN or infinity for 3 of 3 images", stop.Message);
        Assert.True(model.training);
    }

    [Fact]
    public void Run_Progress_EndsAtTheResultAndStopsWhenCancelled()
    {
        List<EvaluationProgress> reports = [];
        RobustnessResult result = RobustnessEvaluation.Run(_vector.Model, _source, Threat, Both, new EvaluationOptions { BlockSize = 3 }, new Told(reports.Add));
        Assert.Equal(9, reports.Count); // 3 blocks, 3 attacks
        Assert.Equal(("CW-5", 8, 8, result.Robust.Hits), (reports[^1].Attack, reports[^1].Done, reports[^1].Total, reports[^1].Survivors));

        _vector.Model.train();
        using CancellationTokenSource source = new();
        Assert.ThrowsAny<OperationCanceledException>(() => RobustnessEvaluation.Run(_vector.Model, _source, Threat, Both, new EvaluationOptions { BlockSize = 3 }, new Told(_ => source.Cancel()), source.Token));
        Assert.True(_vector.Model.training);
        Assert.All(_vector.Model.parameters(), parameter => Assert.True(parameter.requires_grad));
    }

    [Fact]
    public void Run_TensorCount_ReturnsToItsBaseline()
    {
        RobustnessEvaluation.Run(_vector.Model, _source, Threat, Both);
        long baseline = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        RobustnessResult result = RobustnessEvaluation.Run(_vector.Model, _source, Threat, Both, new EvaluationOptions { BlockSize = 3, KeepAdversarialImages = true });
        result.Adversarial!.Dispose();
        Assert.Equal(baseline, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Run_EverythingWrong_SaysAllAtOnce()
    {
        InvalidDescriptionException refusal = Assert.Throws<InvalidDescriptionException>(() => RobustnessEvaluation.Run(
            _vector.Model, _source, new LinfThreat { Epsilon = 8 }, AttackSuite.Of("bad", new Pgd { Steps = 0 }), new EvaluationOptions { BlockSize = 0 }));
        Assert.Equal(["Threat.Epsilon", "Suite.Attacks[0].Steps", "Options.BlockSize"], refusal.Problems.Select(problem => problem.Subject));
    }

    [Fact]
    public void Run_ModelInBFloat16_SaysWhyNot()
    {
        using Classifier model = _vector.Case.BuildModel(ScalarType.BFloat16);
        InvalidDescriptionException refusal = Assert.Throws<InvalidDescriptionException>(() => RobustnessEvaluation.Run(model, _source, Threat, Both));
        Assert.Contains("must compute in float32 or float64, got BFloat16", refusal.Message);
    }

    [Fact]
    public void Measure_ModelOfAnotherDtype_ConvertsTheSample()
    {
        using LinearModel model = LinearModel.TwoClasses(16, dtype: ScalarType.Float32);
        using ImageBatch batch = new TensorSource(zeros([2, 1, 4, 4], ScalarType.Float64).Plus(0.5), zeros(2, ScalarType.Int64)).Read([0, 1]);
        Assert.Equal(2, AttackEstimate.Measure(AttackSuite.Of("one", new Fgsm()), model, batch, images: 2).Gradients);
    }

    [Fact]
    public void Measure_Suite_CountsGradientsPerImage()
    {
        using ImageBatch batch = _source.Read([0, 1]);
        AttackEstimate estimate = AttackEstimate.Measure(AttackSuite.Of("both", new Pgd { Steps = 20, Restarts = 5 }, new CwL2()), _vector.Model, batch, images: 8);
        Assert.Equal(8 * (100 + 90_000), estimate.Gradients);
        Assert.True(estimate.PerGradient > TimeSpan.Zero);
        Assert.Equal(estimate.PerGradient * 8 * 90_100, estimate.AtMost);
    }

    private sealed class Told(Action<EvaluationProgress> action) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => action(value);
    }
}
