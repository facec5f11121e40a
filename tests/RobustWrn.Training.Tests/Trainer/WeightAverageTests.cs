using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class WeightAverageTests
{
    private static readonly TrainingRecipe Averaging = Small.Recipe with { Average = new WeightAverage { WarmUp = 0 } };

    /// <summary>Five steps of the code of Lu et al. 2022, which averages buffers, too, and cuts the count of batches off.</summary>
    [Theory]
    [Trait("Category", VectorRun.Category)]
    [InlineData("ema_static", ScalarType.Float64)]
    [InlineData("ema_static", ScalarType.Float32)]
    [InlineData("ema_dynamic", ScalarType.Float64)]
    [InlineData("ema_dynamic", ScalarType.Float32)]
    [InlineData("ema_warmup", ScalarType.Float64)]
    [InlineData("ema_warmup", ScalarType.Float32)]
    public void Add_FiveSteps_GivesThePublishedAverage(string name, ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        using VectorCase vectors = VectorCase.Open(name);
        using Classifier classifier = WideResNetSpec.Of(4, [1, 1, 1], [6, 8, 5]).Build(1);
        classifier.to(dtype);
        WeightAverage settings = new() { Decay = vectors.Number("decay_rate"), Grows = vectors.Hyperparameters.GetProperty("dynamic_decay").GetBoolean(), AveragesBuffers = true };

        Load(0);
        using AveragedWeights average = new(classifier.Network, settings);
        for (int step = 1; step <= 5; step++)
        {
            Load(step);
            average.Add(classifier.Network, step, vectors.Number("warmup_steps"));
        }

        foreach ((string key, Tensor actual) in average.Tensors)
        {
            bool inFloat32 = dtype == ScalarType.Float32;
            string[] stored = [.. new[] { $"out.f64.step5.{key}", $"out.step5.{key}", $"out.f32.step5.{key}" }.Where(vectors.Names.Contains)];
            Assert.NotEmpty(stored);
            foreach (string output in stored.Where(output => inFloat32 || !output.StartsWith("out.f32.", StringComparison.Ordinal)))
                vectors.AssertMatches(output, actual, inFloat32);
        }

        void Load(int step)
        {
            OrderedDictionary<string, Tensor> weights = [];
            string prefix = $"in.step{step}.";
            foreach (string key in vectors.Names.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
                weights.Add(key[prefix.Length..], vectors[key].alias());
            NetworkWeights.Load(classifier.Network, new NamedTensors(weights));
        }
    }

    [Theory]
    [InlineData(1, 0, true, 2.0 / 11)]
    [InlineData(3, 3, true, 0.1)]
    [InlineData(2, 3, true, 0)]
    [InlineData(1790, 0, true, 0.995)] // (1 + k) / (10 + k) reaches .995 at k = 1790
    [InlineData(1700, 0, true, 1701.0 / 1710)]
    [InlineData(5, 0, false, 0.995)]
    public void DecayAt_Steps_IsThePublishedOne(long step, double warmUp, bool grows, double decay) =>
        Assert.Equal(decay, new WeightAverage { Grows = grows }.DecayAt(step, warmUp), 1e-12);

    [Fact]
    public void Fit_WithAnAverage_TrainsTheSameWeights()
    {
        using ScratchFolder folder = new();
        using Classifier plain = Small.Network.Build(1), shadowed = Small.Network.Build(1), best = Small.Network.Build(1);

        TrainingResult without = Small.Fit(plain), with = Small.Fit(shadowed, recipe: Averaging, options: new TrainingOptions { CheckpointFolder = folder.Path });
        CheckpointWeights.Load(best, with.Checkpoint!, TrainedWeights.Best);

        Assert.Equal(Small.Timeless(without), with.Epochs.Select(epoch => epoch with { Average = null, Elapsed = default, Times = null }).ToValueList());
        Assert.Null(without.BestAverage);
        Small.AssertSameWeights(plain, best);
    }

    [Fact]
    public void Fit_DecayOfNothing_IsThePlainTraining()
    {
        using ScratchFolder folder = new();
        using Classifier plain = Small.Network.Build(1), averaged = Small.Network.Build(1);
        TrainingRecipe recipe = Small.Recipe with { Average = new WeightAverage { Decay = 0, Grows = false, WarmUp = 0 } };

        TrainingResult result = Small.Fit(averaged, recipe: recipe, options: new TrainingOptions { CheckpointFolder = folder.Path });
        Small.Fit(plain);

        Assert.All(result.Epochs, epoch => Assert.Equal(AverageMetrics.Of(epoch.Verdicts!), epoch.Average));
        Assert.True(result.AverageIsSelected);
        Small.AssertSameWeights(plain, averaged);
    }

    [Fact]
    public void Fit_EpochWithinTheWarmUp_IsAPlainCopyThatIsNotJudgedTwice()
    {
        int[] reads = [0, 0];
        using Classifier first = Small.Network.Build(1), second = Small.Network.Build(1);

        TrainingResult copied = Small.Fit(first, recipe: Small.Recipe with { Average = new WeightAverage { WarmUp = 0.5 } }, data: Bars.Splits(onRead: _ => reads[0]++));
        Small.Fit(second, recipe: Averaging, data: Bars.Splits(onRead: _ => reads[1]++));

        Assert.Equal(AverageMetrics.Of(copied.Epochs[0].Verdicts!), copied.Epochs[0].Average);
        Assert.Equal([3 * Small.ReadsPerEpoch + 2 * 2, 3 * Small.ReadsPerEpoch + 3 * 2], reads);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fit_Buffers_AreCopiedAtTheEndOfAnEpochOrAveraged(bool averaged)
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Small.Network.Build(1), last = Small.Network.Build(1), average = Small.Network.Build(1);

        TrainingResult result = Small.Fit(classifier, recipe: Averaging with { Average = new WeightAverage { WarmUp = 0, AveragesBuffers = averaged } }, options: new TrainingOptions { CheckpointFolder = folder.Path });
        CheckpointWeights.Load(last, result.Checkpoint!, TrainedWeights.Last);
        CheckpointWeights.Load(average, result.Checkpoint!, TrainedWeights.LastAverage);

        Assert.Equal(!averaged, Small.SameBits(last.Network.state_dict()["bn1.running_mean"], average.Network.state_dict()["bn1.running_mean"]));
        Assert.False(Small.SameBits(last.Network.state_dict()["fc.weight"], average.Network.state_dict()["fc.weight"]));
    }

    [Fact]
    public void Fit_AverageThatIsMoreRobust_EndsInTheClassifier()
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Small.Network.Build(1), selected = Small.Network.Build(1);
        // The last step of the epoch throws the weights away; a slow average hardly follows.
        TrainingRecipe recipe = Small.Recipe with { Epochs = 1, GradientNormClip = null, Average = new WeightAverage { WarmUp = 0, Grows = false, Decay = 0.95 } };

        TrainingResult result = Small.Fit(classifier, new ThrownAway(), recipe, Bars.Splits(train: 1602), options: new TrainingOptions { CheckpointFolder = folder.Path });
        CheckpointWeights.Load(selected, result.Checkpoint!, TrainedWeights.BestAverage);

        Assert.True(result.BestAverage!.Average!.Robust.Hits > result.Best.Robust.Hits, $"the average has {result.BestAverage.Average.Robust.Hits}, the weights {result.Best.Robust.Hits}");
        Assert.True(result.AverageIsSelected);
        AverageMetrics best = result.BestAverage.Average;
        Assert.NotEqual(result.Best.Verdicts, best.Verdicts);
        Assert.Equal(
            new SelectedWeights(result.BestAverage.Epoch, TrainedWeights.BestAverage, best.Clean, best.Robust) { Verdicts = best.Verdicts },
            result.Selected);
        Small.AssertSameWeights(selected, classifier);
    }

    [Fact]
    public void Load_CheckpointWithoutAnAverage_SaysWhatThereIs()
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Small.Network.Build(1);
        TrainingResult result = Small.Fit(classifier, recipe: Small.Recipe with { Epochs = 1 }, options: new TrainingOptions { CheckpointFolder = folder.Path });

        InvalidDataException missing = Assert.Throws<InvalidDataException>(() => CheckpointWeights.Load(classifier, result.Checkpoint!, TrainedWeights.LastAverage));

        Assert.Contains("has no weight average: its training kept none. Take Best or Last", missing.Message);
    }

    [Fact]
    public void Problems_OutOfRange_NameTheirParts() =>
        Assert.Equal(["Average.Decay", "Average.WarmUp"], (Small.Recipe with { Average = new WeightAverage { Decay = 1, WarmUp = 1 } }).Problems().Select(problem => problem.Subject));

    /// <summary>Natural training that learns the other class at the small batch that ends an epoch, whose slope is large where it is sure.</summary>
    private sealed record ThrownAway : IRobustObjective
    {
        public const string TypeName = "test-thrown-away";

        public string Name => "thrown away";

        public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
        {
            if (context.Examples.Count != 2)
                return new Natural().Evaluate(context, cancellationToken);
            ObjectiveLoss loss = new Natural().Evaluate(context with { Labels = context.Labels.IsEqualTo(0).to(ScalarType.Int64) }, cancellationToken);
            return new ObjectiveLoss(loss.Total.Times(100), loss.Logits, null);
        }

        public IEnumerable<Problem> Problems() => [];
    }
}
