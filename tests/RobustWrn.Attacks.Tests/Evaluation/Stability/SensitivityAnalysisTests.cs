using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class SensitivityAnalysisTests : IDisposable
{
    private static readonly LinfThreat Threat = ThreatModel.Linf(8, outOf: 255);

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly AttackVectorCase _vector = new("attack_pgd_linf_20");
    private readonly ImagePairs _pairs;

    public SensitivityAnalysisTests() => _pairs = new(_vector.Images, _vector.Case["out.f64.x_adv"], _vector.Labels, Threat);

    public void Dispose()
    {
        _vector.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Run_PublishedNetwork_AgreesWithEachMeasureAlone()
    {
        SensitivityReport report = SensitivityAnalysis.Run(_vector.Model, _pairs);

        Assert.Equal(StageSensitivity.Measure(_vector.Model, _pairs), report.Stages);
        Assert.Equal(PerturbationStability.Measure(_vector.Model, _pairs), report.Stability);
        Assert.Equal(SpectralNorms.Of(_vector.Model, _pairs.Images.narrow(0, 0, 1)), report.Layers);
        Assert.Equal([.. report.Options.Measures.Select(measure => new PairMeasurement(measure, SampleSummary.Of(measure.Measure(_vector.Model, _pairs).AsSpan())))], report.Measurements);
        Assert.Equal(_vector.Case["out.natural_correct"].to(ScalarType.Int64).item<long>(), report.Clean.Hits);
        Assert.InRange(report.Robust.Hits, 0, Math.Min(report.Clean.Hits, report.Stability.Hits));
        Assert.Equal(report.Stages.Skip(1).Select(stage => stage.Stage).Except(["pooled"]), report.StageNorms.Select(stage => stage.Stage));
    }

    [Fact]
    public void Run_ImagesThatAnEvaluationKept_CountsWhatTheEvaluationCounted()
    {
        EvaluationOptions keep = new() { KeepAdversarialImages = true };
        RobustnessResult result = RobustnessEvaluation.Run(_vector.Model, new TensorSource(_vector.Images, _vector.Labels), Threat, AttackSuite.Of("pgd", new Pgd { Steps = 5 }), keep);
        using AdversarialImages found = result.Adversarial!;

        SensitivityReport report = SensitivityAnalysis.Run(
            _vector.Model, new ImagePairs(_vector.Images, found.Images, found.Labels, Threat), new SensitivityOptions { SpectralNorms = null });

        Assert.Equal((result.Clean, result.Robust), (report.Clean, report.Robust));
        // Images that were wrong unchanged are not attacked: they do not move, and amplify nothing.
        Assert.Equal(result.Clean.Hits, report.Stages[1].Amplification!.Count);
    }

    [Fact]
    public void Run_AnyBlockSize_GivesTheSameNumbers()
    {
        SensitivityReport whole = Run(100), single = Run(1), three = Run(3);
        foreach (SensitivityReport other in (SensitivityReport[])[single, three])
        {
            Assert.Equal((whole.Clean, whole.Robust, whole.Stability), (other.Clean, other.Robust, other.Stability));
            foreach ((StageSensitivity one, StageSensitivity two) in whole.Stages.Zip(other.Stages))
                Assert.Equal(one.RelativeChange.Mean, two.RelativeChange.Mean, 1e-12);
            foreach ((PairMeasurement one, PairMeasurement two) in whole.Measurements.Zip(other.Measurements))
                Assert.Equal(one.Values.Mean, two.Values.Mean, 1e-9);
        }

        SensitivityReport Run(int blockSize) => SensitivityAnalysis.Run(_vector.Model, _pairs, new SensitivityOptions { BlockSize = blockSize, SpectralNorms = null });
    }

    [Fact]
    public void Run_LastLayerScaled_ScalesItsNormAndTheLipschitzConstantAndNoStageBefore()
    {
        SensitivityReport before = SensitivityAnalysis.Run(_vector.Model, _pairs);
        using (no_grad())
            _vector.Model.get_parameter("network.fc.weight")!.TimesInPlace(3);

        SensitivityReport after = SensitivityAnalysis.Run(_vector.Model, _pairs);

        Assert.Equal(before.Stages.SkipLast(1), after.Stages.SkipLast(1));
        Assert.Equal(before.Layers.SkipLast(1), after.Layers.SkipLast(1));
        Assert.Equal(3, after.Measurements[0].Values.Mean / before.Measurements[0].Values.Mean, 1e-9);
        Assert.Equal(3, after.StageNorms[^1].Product / before.StageNorms[^1].Product, 1e-6);
    }

    [Fact]
    public void Report_WrittenAndRead_IsEqual()
    {
        foreach (SensitivityOptions options in (SensitivityOptions[])[new(), new() { SpectralNorms = null, Measures = [] }])
        {
            SensitivityReport report = SensitivityAnalysis.Run(_vector.Model, _pairs, options);
            Assert.Equal(report, SensitivityReport.FromJson(report.ToJson()));
        }
        string json = SensitivityAnalysis.Run(_vector.Model, _pairs, new SensitivityOptions { SpectralNorms = null }).ToJson();
        Assert.Contains("has version 2", Assert.Throws<InvalidDataException>(() => SensitivityReport.FromJson(json.Replace("\"version\": 1", "\"version\": 2"))).Message);
        Assert.Throws<InvalidDataException>(() => SensitivityReport.FromJson("[]"));
        Assert.Throws<InvalidDataException>(() => SensitivityReport.FromJson("{"));
    }

    [Fact]
    public void Report_AsText_HasALineForEachStageAndMeasure()
    {
        SensitivityReport report = SensitivityAnalysis.Run(_vector.Model, _pairs, new SensitivityOptions { SpectralNorms = new PowerIteration { MaxSteps = 2 } });
        string[] lines = report.ToTable().Split('\n');
        Assert.StartsWith($"{_vector.Model.Spec.Name}, 8 images, Linf 8/255", lines[0]);
        Assert.All(report.Stages, stage => Assert.Single(lines, line => line.StartsWith($"{stage.Stage} ", StringComparison.Ordinal)));
        Assert.All(report.Measurements, measurement => Assert.Single(lines, line => line.StartsWith($"{measurement.Measure.Name}: ", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.Contains("did not converge and are lower bounds: raise MaxSteps of SensitivityOptions.SpectralNorms.", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public void Run_WrongOptions_ListsAllProblems()
    {
        SensitivityOptions wrong = new() { BlockSize = 0, Measures = [new LocalLipschitz { Offset = -1 }], SpectralNorms = new PowerIteration { Tolerance = double.NaN } };
        string message = Assert.Throws<InvalidDescriptionException>(() => SensitivityAnalysis.Run(_vector.Model, _pairs, wrong)).Message;
        Assert.Contains("BlockSize: must be at least 1, got 0.", message);
        Assert.Contains("Measures[0].Offset: must be a finite number above 0, got -1.", message);
        Assert.Contains("SpectralNorms.Tolerance: must be a finite number above 0, got NaN.", message);
    }

    [Fact]
    public void Run_Cancelled_Stops() =>
        Assert.Throws<OperationCanceledException>(() => SensitivityAnalysis.Run(_vector.Model, _pairs, cancellationToken: new CancellationToken(true)));

    [Fact]
    public void Run_StagesThatDiffer_SaysWhich()
    {
        int calls = 0;
        using StagesModel model = new(x => ++calls > 1 ? x.narrow(1, 0, 1) : x.alias());
        Assert.StartsWith("a network must show the same stages with the same shapes for every batch, got another \"stage 1\"",
            Assert.Throws<InvalidOperationException>(() => SensitivityAnalysis.Run(model, _pairs)).Message);
    }

    [Fact]
    public void Run_ModelInFloat32OnFloat64Images_ConvertsThem()
    {
        using Classifier model = _vector.Case.BuildModel(ScalarType.Float32);
        SensitivityReport single = SensitivityAnalysis.Run(model, _pairs), exact = SensitivityAnalysis.Run(_vector.Model, _pairs);
        foreach ((StageSensitivity one, StageSensitivity two) in single.Stages.Zip(exact.Stages))
            Assert.Equal(two.RelativeChange.Mean, one.RelativeChange.Mean, 1e-4 * two.RelativeChange.Mean);
        foreach ((LayerSpectralNorm one, LayerSpectralNorm two) in single.Layers.Zip(exact.Layers))
            Assert.Equal(two.Norm.Value, one.Norm.Value, 1e-4 * two.Norm.Value);
    }
}
