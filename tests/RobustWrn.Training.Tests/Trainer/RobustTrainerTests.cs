using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class RobustTrainerTests
{
    [Fact]
    public void Fit_SeparableImages_LearnsThemUnderAttack()
    {
        using Classifier classifier = Small.Network.Build(1);

        TrainingResult result = Small.Fit(classifier, new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 2 } }, Small.Recipe with { Epochs = 6 });

        Assert.Equal(new Proportion(20, 20), result.Best.Robust);
        Assert.True(result.Last.Loss < result.Epochs[0].Loss);
        Assert.Equal([1, 2, 3, 4, 5, 6], result.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal(["robust"], result.Last.Parts.Select(part => part.Name));
        Assert.Null(result.Checkpoint);
    }

    [Fact]
    public void Fit_SameSeed_GivesTheSameBits()
    {
        using Classifier first = Small.Network.Build(1), second = Small.Network.Build(1), other = Small.Network.Build(1);

        TrainingResult a = Small.Fit(first, new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 1 } }), b = Small.Fit(second, new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 1 } });
        TrainingResult c = Small.Fit(other, new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 1 } }, seed: 8);

        Small.AssertSameWeights(first, second);
        Assert.Equal(Small.Timeless(a), Small.Timeless(b));
        Assert.NotEqual(Small.Timeless(a), Small.Timeless(c));
    }

    [Fact]
    public void Fit_Always_LeavesTorchsGlobalGeneratorAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        WideResNetSpec network = Small.Network.WithStage(0, stage => stage with { Dropout = 0.3 });
        Tensor before = get_rng_state();
        using Classifier classifier = network.Build(1);

        Small.Fit(classifier, new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 1 } }, Small.Recipe with { Epochs = 1, Augmentations = [new RandomCrop { Padding = 1 }, new HorizontalFlip()] });

        Assert.True(Small.SameBits(before, get_rng_state()));
    }

    [Fact]
    public void Fit_Always_LeavesTheClassifierInEvaluationModeWithItsGradientFlags()
    {
        using Classifier classifier = Small.Network.Build(1);
        Parameter frozen = classifier.Network.parameters().First();
        frozen.requires_grad_(false);
        using Tensor before = frozen.clone();

        Small.Fit(classifier, recipe: Small.Recipe with { Epochs = 1 });

        Assert.All(classifier.modules(), module => Assert.False(module.training));
        Assert.Equal([false, .. Enumerable.Repeat(true, classifier.Network.parameters().Count() - 1)], classifier.Network.parameters().Select(parameter => parameter.requires_grad));
        Assert.True(Small.SameBits(before, frozen), "a frozen parameter moved");
    }

    [Fact]
    public void Fit_ParameterThatTheLossDoesNotReach_Stays()
    {
        using Classifier classifier = new(Small.Network, new WithSpareLayer(Small.Network.Build(1).Network));
        using Tensor before = classifier.Network.state_dict()["spare.weight"].clone();

        TrainingResult result = Small.Fit(classifier, recipe: Small.Recipe with { Epochs = 1 });

        Assert.True(result.Last.GradientNorm > 0);
        Assert.True(Small.SameBits(before, classifier.Network.state_dict()["spare.weight"]));
    }

    [Fact]
    public void Fit_ManySteps_KeepsTheNumberOfLiveTensors()
    {
        using Classifier classifier = Small.Network.Build(1);
        List<long> live = [];
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Small.Fit(classifier, new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 2 } }, Small.Recipe with { Epochs = 2 }, options: new TrainingOptions { ProgressInterval = TimeSpan.Zero },
            progress: new Told(_ => live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount)));

        Assert.Equal(10, live.Count);
        Assert.Single(live.Distinct());
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData(48, 3, 48)]
    [InlineData(50, 4, 50)]
    [InlineData(49, 3, 48)] // one image is left over, which batch norm cannot learn from
    public void Fit_AnyNumberOfImages_SeesEachOnceAnEpochInAnotherOrder(int images, int steps, int seen)
    {
        List<long[]> reads = [];
        using Classifier classifier = Small.Network.Build(1);
        TrainingSplits data = new(new Bars(images, 1) { OnRead = reads.Add }, new Bars(4, 2));

        Small.Fit(classifier, recipe: Small.Recipe with { Epochs = 2 }, data: data);

        long[] first = [.. reads.Take(steps).SelectMany(ids => ids)], second = [.. reads.Skip(steps).SelectMany(ids => ids)];
        Assert.Equal(2 * steps, reads.Count);
        Assert.Equal(seen, first.Distinct().Count());
        Assert.Equal(seen, second.Distinct().Count());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Fit_SmallerBatches_GiveAnExampleTheSameNoise()
    {
        Dictionary<long, float>[] noise = [[], []];
        for (int run = 0; run < 2; run++)
        {
            using Classifier classifier = Small.Network.Build(1);
            NoiseProbe probe = new(noise[run]);
            Small.Fit(classifier, probe, Small.Recipe with { Epochs = 1, BatchSize = run == 0 ? 25 : 10 });
        }

        Assert.Equal(50, noise[0].Count);
        Assert.Equal(noise[0].OrderBy(pair => pair.Key), noise[1].OrderBy(pair => pair.Key));
    }

    [Fact]
    public void Fit_LaterEpochsWorse_EndsWithTheWeightsOfTheBest()
    {
        using Classifier classifier = Small.Network.Build(1);
        Turncoat objective = new(turnsAfter: 16);

        TrainingResult result = Small.Fit(classifier, objective, Small.Recipe with { Epochs = 7, Schedule = new ConstantRate() });

        Assert.True(result.Last.Robust.Hits < result.Best.Robust.Hits, $"last {result.Last.Robust}, best {result.Best.Robust}");
        using Classifier again = Small.Network.Build(1);
        Small.Fit(again, new Turncoat(turnsAfter: 16), Small.Recipe with { Epochs = result.Best.Epoch, Schedule = new ConstantRate() });
        Small.AssertSameWeights(again, classifier);
    }

    [Theory]
    [InlineData(5, 9, 4, 9, true)]
    [InlineData(4, 9, 5, 5, false)]
    [InlineData(5, 9, 5, 8, true)]
    [InlineData(5, 9, 5, 9, false)] // equal: the earlier one stays
    public void IsBetterThan_RobustFirstThenClean_AsSelectionNeeds(int robust, int clean, int earlierRobust, int earlierClean, bool better)
    {
        Assert.Equal(better, Metrics(robust, clean).IsBetterThan(Metrics(earlierRobust, earlierClean)));

        static EpochMetrics Metrics(int robust, int clean) =>
            new() { Epoch = 1, Loss = 1, LearningRate = 1, GradientNorm = 1, Clean = new(clean, 10), Robust = new(robust, 10) };
    }

    [Fact]
    public void Fit_WeightsFile_StartsFromIt()
    {
        using ScratchFolder folder = new();
        using Classifier given = Small.Network.Build(5), classifier = Small.Network.Build(1);
        NetworkWeights.Save(given, folder["given.safetensors"]);

        Small.Fit(classifier, recipe: Small.Recipe with { Epochs = 1, Schedule = new LeapingRate { From = 0, Scale = 1e-300 } }, options: new TrainingOptions { InitialWeights = folder["given.safetensors"] });

        Small.AssertSame(
            given.Network.named_parameters().Select(pair => KeyValuePair.Create(pair.name, (Tensor)pair.parameter)),
            classifier.Network.named_parameters().Select(pair => KeyValuePair.Create(pair.name, (Tensor)pair.parameter)));
    }

    [Fact]
    public void Fit_WeightsThatBringANormalisation_TakesItOnAndSaysSo()
    {
        using ScratchFolder folder = new();
        using Classifier given = Small.Network.Build(5), classifier = Small.Network.Build(1);
        using DisposeScope scope = NewDisposeScope();
        Tensor mean = tensor(new[] { 0.5f }), std = tensor(new[] { 0.25f });
        Safetensors.Write(folder["given.safetensors"], [new("mean", mean), new("std", std), .. given.Network.state_dict()]);
        Lines log = new();

        Small.Fit(classifier, recipe: Small.Recipe with { Epochs = 1 },
            options: new TrainingOptions { InitialWeights = folder["given.safetensors"], Logger = log });

        Assert.Equal([0.5], classifier.Normalization.Mean);
        Assert.Contains(log.Entries, line => line.Contains("Weights to start from", StringComparison.Ordinal)
            && line.Contains("from mean, std, given to the network", StringComparison.Ordinal));
        Assert.Contains("fits none", Assert.Throws<ArgumentException>(() => Small.Fit(
            classifier, options: new TrainingOptions
            {
                InitialWeights = folder["given.safetensors"],
                InitialWeightsOptions = new WeightsOptions { Skip = ["head.*"] }
            })).Message);
    }

    [Fact]
    public void Fit_LongInterval_ReportsTheFirstStepAndEachEpochsEnd()
    {
        List<TrainingProgress> told = [];
        using Classifier classifier = Small.Network.Build(1);

        TrainingResult result = Small.Fit(classifier, options: new TrainingOptions { ProgressInterval = TimeSpan.FromHours(1) }, progress: new Told(told.Add));

        Assert.Equal([(1, 1), (1, 4), (2, 4), (3, 4)], told.Select(report => (report.Epoch, report.Step)));
        Assert.Equal(result.Last, told[^1].Latest);
        Assert.Null(told[0].Latest);
        Assert.Equal(TimeSpan.Zero, told[^1].Remaining);
        Assert.All(told, report => Assert.True(report.ImagesPerSecond > 0));
    }

    [Fact]
    public async Task FitAsync_SameSeed_GivesWhatFitGives()
    {
        using Classifier first = Small.Network.Build(1), second = Small.Network.Build(1);
        Small.Fit(first);

        await new RobustTrainer(new Natural(), Small.Recipe).FitAsync(second, Bars.Splits(), Small.Threat, 7);

        Small.AssertSameWeights(first, second);
    }

    private sealed class WithSpareLayer : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _main;

        public WithSpareLayer(nn.Module<Tensor, Tensor> network)
            : base(nameof(WithSpareLayer))
        {
            _main = network;
            register_module("main", network);
            register_module("spare", nn.Linear(2, 2));
        }

        public override Tensor forward(Tensor input) => _main.call(input);
    }
}
