using RobustWrn.Attacks;
using RobustWrn.Conformance.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Measures;

/// <summary>What any measure of pairs must keep, clause by clause. Each throws when a measure breaks it.</summary>
public static class MeasureContract
{
    private static readonly ThreatModel[] Threats = [ThreatModel.Linf(8, outOf: 255), ThreatModel.L2(0.3)];

    public static IReadOnlyDictionary<string, Action<IPairMeasure>> Clauses { get; } = new Dictionary<string, Action<IPairMeasure>>
    {
        ["gives one finite number a pair"] = GivesOneFiniteNumberAPair,
        ["measures a pair alone as in a batch"] = MeasuresAPairAloneAsInABatch,
        ["leaves the model as it was"] = LeavesTheModelAsItWas,
        ["leaves the model as it was when it throws"] = LeavesTheModelAsItWasWhenItThrows,
        ["leaves the pairs alone"] = LeavesThePairsAlone,
        ["releases its tensors"] = ReleasesItsTensors,
        ["works where gradients are off"] = WorksWhereGradientsAreOff,
        ["describes itself"] = DescribesItself,
    };

    private static void GivesOneFiniteNumberAPair(IPairMeasure measure)
    {
        foreach (ThreatModel threat in Threats)
        {
            foreach (ScalarType dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
            {
                using ContractNetwork model = new(dtype);
                using MeasurePairs pairs = new(6, threat, dtype);
                ValueList<double> moved = measure.Measure(model, pairs.Pairs), still = measure.Measure(model, pairs.Pairs with { Perturbed = pairs.Pairs.Images });
                Assert.Equal((6, 6), (moved.Count, still.Count));
                Assert.All([.. moved, .. still], value => Assert.True(double.IsFinite(value)));
            }
        }
    }

    private static void MeasuresAPairAloneAsInABatch(IPairMeasure measure)
    {
        using ContractNetwork model = new(ScalarType.Float64);
        using MeasurePairs pairs = new(6, Threats[0], ScalarType.Float64);
        ValueList<double> together = measure.Measure(model, pairs.Pairs);
        foreach (int blockSize in (int[])[1, 4])
        {
            ValueList<double> apart = measure.Measure(model, pairs.Pairs, blockSize);
            Assert.All(together.Zip(apart), pair => Assert.Equal(pair.First, pair.Second, 1e-9 * (1 + Math.Abs(pair.First))));
        }
    }

    private static void LeavesTheModelAsItWas(IPairMeasure measure)
    {
        using ContractNetwork model = new();
        using MeasurePairs pairs = new(4, Threats[0]);
        using ModelState before = new(model);
        measure.Measure(model, pairs.Pairs, blockSize: 2);
        before.AssertUnchanged();
        Assert.DoesNotContain(true, model.TrainingWhenCalled);
    }

    private static void LeavesTheModelAsItWasWhenItThrows(IPairMeasure measure)
    {
        for (int call = 1; call <= 4; call++)
        {
            using ContractNetwork model = new();
            using MeasurePairs pairs = new(4, Threats[0]);
            using ModelState before = new(model);
            int last = call;
            model.OnCall = number => { if (number == last) throw new ModelFailedException(); };
            Assert.Throws<ModelFailedException>(() => measure.Measure(model, pairs.Pairs, blockSize: 1));
            before.AssertUnchanged();
        }
    }

    private static void LeavesThePairsAlone(IPairMeasure measure)
    {
        using ContractNetwork model = new();
        using MeasurePairs pairs = new(4, Threats[0]), copy = new(4, Threats[0]);
        measure.Measure(model, pairs.Pairs);
        Assert.True(pairs.Pairs.Images.eq(copy.Pairs.Images).all().item<bool>(), "the images changed");
        Assert.True(pairs.Pairs.Perturbed.eq(copy.Pairs.Perturbed).all().item<bool>(), "the perturbed images changed");
        Assert.False(pairs.Pairs.Images.requires_grad || pairs.Pairs.Perturbed.requires_grad);
    }

    private static void ReleasesItsTensors(IPairMeasure measure)
    {
        using ContractNetwork model = new();
        using MeasurePairs pairs = new(4, Threats[1]);
        measure.Measure(model, pairs.Pairs); // what is built once stays
        long baseline = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int run = 0; run < 3; run++)
            measure.Measure(model, pairs.Pairs, blockSize: 3);
        Assert.Equal(baseline, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void WorksWhereGradientsAreOff(IPairMeasure measure)
    {
        using ContractNetwork model = new();
        using MeasurePairs pairs = new(4, Threats[0]);
        ValueList<double> expected = measure.Measure(model, pairs.Pairs);
        Assert.True(is_grad_enabled(), "the caller's gradient mode must stay");
        using IDisposable guard = no_grad();
        Assert.Equal(expected, measure.Measure(model, pairs.Pairs));
        Assert.False(is_grad_enabled(), "the caller's gradient mode must stay");
    }

    private static void DescribesItself(IPairMeasure measure)
    {
        Assert.Empty(measure.Problems());
        Assert.False(string.IsNullOrWhiteSpace(measure.Name));
        Assert.Equal(measure, DescriptionJson.Read<IPairMeasure>(DescriptionJson.Write(measure)));
    }
}
