using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class StageSensitivityTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly ImagePairs _pairs;

    public StageSensitivityTests()
    {
        Tensor images = RandomStream.From(4).Uniform([0, 1, 2, 3, 4], [3, 4, 4], ScalarType.Float64).Times(0.6).Plus(0.2);
        _pairs = new(images, ThreatModel.Linf(0.1).RandomStart(images, RandomStream.From(5), [0, 1, 2, 3, 4]), zeros(5, ScalarType.Int64), ThreatModel.Linf(0.1));
    }

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Measure_StagesThatScale_KeepTheRelativeChangeOfThePixels()
    {
        using StagesModel model = new(x => x.alias(), x => x.Times(7), x => x.neg());
        ValueList<StageSensitivity> stages = StageSensitivity.Measure(model, _pairs);

        Assert.Equal(["pixels", "stage 1", "stage 2", "stage 3", "logits"], stages.Select(stage => stage.Stage));
        double[] expected = Relative(_pairs.Images, _pairs.Perturbed);
        Assert.All(stages, stage => AssertNear(SampleSummary.Of(expected), stage.RelativeChange));
        Assert.Null(stages[0].Amplification);
        Assert.All(stages.Skip(1), stage => AssertNear(new SampleSummary(5, 1, 0, 1, 1, 1), stage.Amplification!));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Measure_StageWithAConstant_AmplifiesInProportionToItsWeights(double weight)
    {
        // The constant is orthogonal to the weighted image, so lengths are known: ||w d|| / sqrt(||w x||^2 + k^2).
        const double Constant = 1000;
        using StagesModel model = new(x => cat([x.Times(weight), zeros_like(x).Plus(Constant)], 1));
        StageSensitivity stage = StageSensitivity.Measure(model, _pairs)[1];

        double[] expected = [.. _pairs.Images.flatten(1).norm(1, p: 2).data<double>().ToArray().Zip((_pairs.Perturbed - _pairs.Images).flatten(1).norm(1, p: 2).data<double>().ToArray())
            .Select(pair => weight * pair.Second / Math.Sqrt(weight * weight * pair.First * pair.First + 48 * Constant * Constant))];
        AssertNear(SampleSummary.Of(expected), stage.RelativeChange);
        using StagesModel single = new(x => cat([x, zeros_like(x).Plus(Constant)], 1));
        Assert.Equal(weight, stage.Amplification!.Mean / StageSensitivity.Measure(single, _pairs)[1].Amplification!.Mean, 1e-4);
    }

    [Fact]
    public void Measure_ResidualStage_AmplifiesByTheRatioOfItsBranches()
    {
        // x + c (x - m) with m the mean of the image: directions without mean grow by 1 + c, the mean stays.
        const double C = 3;
        Tensor images = zeros([1, 1, 2, 2], ScalarType.Float64).Plus(0.5), ripple = tensor(new[] { 0.1, -0.1, 0.1, -0.1 }).reshape(1, 1, 2, 2);
        ImagePairs pairs = new(images, images.Plus(ripple), zeros(1, ScalarType.Int64), ThreatModel.Linf(0.11));
        using StagesModel model = new(x => x.Plus((x - x.mean([1, 2, 3], keepdim: true)).Times(C)), x => x.alias());

        ValueList<StageSensitivity> stages = StageSensitivity.Measure(model, pairs);

        Assert.Equal(0.2, stages[0].RelativeChange.Mean, 1e-12);
        Assert.Equal([1 + C, 1, 1], stages.Skip(1).Select(stage => Math.Round(stage.Amplification!.Mean, 12)));
    }

    [Fact]
    public void Measure_DeadStageAndUnmovedImages_StayFinite()
    {
        using StagesModel dead = new(x => x.Times(0), x => x.Times(0).Plus(1));
        ValueList<StageSensitivity> stages = StageSensitivity.Measure(dead, _pairs);
        Assert.Equal(0, stages[1].RelativeChange.Maximum);
        Assert.Equal(0, stages[1].Amplification!.Maximum);
        Assert.Null(stages[2].Amplification);

        using StagesModel same = new(x => x.alias());
        Assert.All(StageSensitivity.Measure(same, _pairs with { Perturbed = _pairs.Images }), stage => Assert.Null(stage.Amplification));
        Tensor half = cat([_pairs.Images.narrow(0, 0, 2), _pairs.Perturbed.narrow(0, 2, 3)]);
        Assert.Equal((5, 3), StageSensitivity.Measure(same, _pairs with { Perturbed = half })[1] is var stage ? (stage.RelativeChange.Count, stage.Amplification!.Count) : default);
    }

    [Fact]
    public void Measure_StageThatWritesOverItsInput_MeasuresWhatWasShown()
    {
        using StagesModel overwriting = new(x => x.clone(), x => x.TimesInPlace(0).PlusInPlace(1));
        StageSensitivity first = StageSensitivity.Measure(overwriting, _pairs)[1];
        AssertNear(SampleSummary.Of(Relative(_pairs.Images, _pairs.Perturbed)), first.RelativeChange);
    }

    [Fact]
    public void Measure_ModelWithoutStages_HasPixelsAndLogits()
    {
        using LinearModel model = LinearModel.TwoClasses(48, dtype: ScalarType.Float64);
        Assert.Equal(["pixels", "logits"], StageSensitivity.Measure(model, _pairs).Select(stage => stage.Stage));
    }

    [Fact]
    public void Measure_WideResNet_EqualsTheFeaturesTakenByHand()
    {
        using Classifier model = (WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 6]) with { Normalization = Normalization.Cifar10 }).Build(3);
        model.to(ScalarType.Float64);
        model.eval();
        Dictionary<string, Tensor> before = Features(_pairs.Images), after = Features(_pairs.Perturbed);

        ValueList<StageSensitivity> stages = StageSensitivity.Measure(model, _pairs, blockSize: 2);

        Assert.Equal(["pixels", "stem", "stage 1", "stage 2", "pooled", "logits"], stages.Select(stage => stage.Stage));
        foreach (StageSensitivity stage in stages.Skip(1))
            AssertNear(SampleSummary.Of(Relative(before[stage.Stage], after[stage.Stage])), stage.RelativeChange);

        Dictionary<string, Tensor> Features(Tensor images)
        {
            Dictionary<string, Tensor> seen = [];
            seen["logits"] = model.ForwardByStage(images, (name, features) => seen[name] = features.clone().MoveToOuterDisposeScope());
            return seen;
        }
    }

    private static double[] Relative(Tensor before, Tensor after) =>
        [.. ((after - before).flatten(1).norm(1, p: 2) / before.flatten(1).norm(1, p: 2)).data<double>()];

    private static void AssertNear(SampleSummary expected, SampleSummary actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.Equal(expected.Mean, actual.Mean, 1e-9);
        Assert.Equal(expected.Deviation, actual.Deviation, 1e-9);
        Assert.Equal(expected.Median, actual.Median, 1e-9);
        Assert.Equal(expected.Minimum, actual.Minimum, 1e-9);
        Assert.Equal(expected.Maximum, actual.Maximum, 1e-9);
    }
}
