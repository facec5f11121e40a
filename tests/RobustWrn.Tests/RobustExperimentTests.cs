using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;
using TorchSharp;

namespace RobustWrn.Tests;

public class RobustExperimentTests
{
    [Fact]
    public async Task RunAsync_SmallSearch_RanksOnValidationAndReadsTestForFrontAndBaselines()
    {
        using DatasetSplits images = SmallExperiment.Images();

        ExperimentResult result = await SmallExperiment.On(images).RunAsync();

        Assert.Equal(3, result.Networks.Count);
        Assert.Null(result.Networks[0].Trial);
        Assert.Equal([0, 1], result.Networks.Skip(1).Select(network => network.Trial!.Value));
        Assert.All(result.Networks, network => Assert.Equal(32, network.ValidationRobust!.Value.Total));
        Assert.All(result.Networks, network => Assert.Equal(network.OnFront || network.IsBaseline, network.Test.Count == 1));
        Assert.Equal(result.Networks.Count(network => network.Test.Count == 1), result.TestReads);
        Assert.Equal(1, images.Test.Reads);
        Assert.NotEmpty(result.Front);
        Assert.All(result.Networks.SelectMany(network => network.Test), outcome =>
        {
            Assert.Equal(["FGSM", "PGD-2"], outcome.Attacks.Select(attack => attack.Name));
            Assert.Equal(outcome.Clean.Hits, outcome.Attacks[0].CorrectBefore);
            Assert.Equal(outcome.Robust.Hits, outcome.Attacks[^1].CorrectAfter);
        });
        Assert.All(result.Networks, network => Assert.Equal(network.Spec.Cost(32, 32).Parameters, network.Parameters));
    }

    /// <summary>A search over one family of networks, compared with one of each other: experiment, training, attacks, files and results take them all.</summary>
    [Fact]
    public async Task RunAsync_EveryFamilyOfNetworks_IsTrainedAttackedAndRecorded()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        DenseNetSpec dense = DenseNetSpec.Of(growth: 2, depths: [1, 1, 1], widths: [4, 4, 4]);
        SearchSpace<DenseNetSpec> space = new SearchSpace<DenseNetSpec>(dense)
            .Vary("last stage width", [3, 5], (spec, width) => spec.WithStage(^1, stage => stage with { Width = width }));
        StemSpec stem = new() { Width = 4, Stride = 2 };
        RobustExperiment experiment = SmallExperiment.On(images)
            .Searching(space, new GridSampler())
            .Comparing(SmallExperiment.Baseline, ResNetSpec.Of(4, [1, 1], [4, 8]) with { Stem = stem },
                ResNetSpec.Of(4, [1, 1], [2, 3]).WithBlock(new PostActivationBottleneck()) with { Stem = stem }, VggSpec.Of([1, 1, 1], [4, 4, 6]))
            .TrainedBy(new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 1 } }, new TrainingRecipe { Epochs = 1, BatchSize = 32, ValidationAttack = new Pgd { Steps = 1 } })
            .RecordedIn(folder.In("record"));

        ExperimentResult result = await experiment.RunAsync(), again = await experiment.RunAsync();

        Assert.Equal(6, result.Networks.Count);
        Assert.Equal(Comparable(result), Comparable(again));
        Assert.All(result.Networks, network => Assert.Equal(network.Spec.Cost(32, 32).Parameters, network.Parameters));
        Assert.Equal(4, result.Networks.Count(network => network.IsBaseline && network.Test.Count == 1));
        Assert.All(result.Networks, network => Assert.Contains(network.Name, new MarkdownReport().Render(result), StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_SameSettings_GivesTheSameResult()
    {
        using DatasetSplits images = SmallExperiment.Images();

        ExperimentResult first = await SmallExperiment.On(images).RunAsync(), second = await SmallExperiment.On(images).RunAsync();

        Assert.Equal(Comparable(first), Comparable(second));
    }

    [Fact]
    public async Task RunAsync_RecordedBefore_ReadsEverythingBack()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        RobustExperiment experiment = SmallExperiment.On(images).RecordedIn(folder.In("record"));
        ExperimentResult first = await experiment.RunAsync();
        DateTime[] written = Written();

        ExperimentResult second = await experiment.RunAsync();

        Assert.Equal(Comparable(first), Comparable(second));
        Assert.Equal(written, Written());
        Assert.Equal(1, images.Test.Reads);

        DateTime[] Written() => [.. Directory.EnumerateFiles(folder.Path, "*.safetensors", SearchOption.AllDirectories).Order().Select(File.GetLastWriteTimeUtc)];
    }

    [Fact]
    public async Task RunAsync_CancelledAtEachStage_GoesOnToTheSameResult()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        ExperimentResult whole = await SmallExperiment.On(images).RunAsync();
        RobustExperiment experiment = SmallExperiment.On(images).RecordedIn(folder.In("record"));

        // Stops after 2, 4, ... reports until a run gets through.
        ExperimentResult? resumed = null;
        int stops = 0;
        for (int reports = 2; resumed is null; reports += 2)
        {
            using CancellationTokenSource stop = new();
            int left = reports;
            ImmediateProgress<ExperimentProgress> progress = new(report =>
            {
                if (--left == 0 && report.Result is null)
                    stop.Cancel();
            });
            try
            {
                resumed = await experiment.RunAsync(progress, stop.Token);
            }
            catch (OperationCanceledException)
            {
                stops++;
            }
        }

        Assert.True(stops >= 3, $"stopped only {stops} times");
        Assert.Equal(Comparable(whole), Comparable(resumed));
    }

    [Fact]
    public async Task RunAsync_Replicated_TrainsFinalistsAgainWithOtherSeeds()
    {
        using DatasetSplits images = SmallExperiment.Images();

        ExperimentResult result = await SmallExperiment.On(images).Within(Budget.Trials(1)).Replicated(2).RunAsync();

        NetworkResult baseline = result.Networks[0];
        Assert.Equal([0, 1], baseline.Test.Select(outcome => outcome.Replicate));
        Assert.Equal(64, baseline.TestClean!.Value.Total);
        Assert.Equal(result.Networks.Sum(network => network.Test.Count), result.TestReads);
        Assert.Equal(1, images.Test.Reads);
    }

    [Fact]
    public async Task RunAsync_TrainingDiverges_RecordsTheFailureAndGoesOn()
    {
        using DatasetSplits images = SmallExperiment.Images();

        ExperimentResult result = await SmallExperiment.On(images)
            .TrainedBy(new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 2 } }, new TrainingRecipe { Epochs = 1, BatchSize = 32, Schedule = new AbsurdRate(), GradientNormClip = null })
            .RunAsync();

        Assert.All(result.Networks, network => Assert.Contains("learning rate", network.Failure));
        Assert.Equal(0, result.TestReads);
        Assert.Equal(0, images.Test.Reads);
        Assert.Contains(result.Notes, note => note.Contains("3 networks could not be trained", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_TorchsGlobalGenerator_StaysUntouched()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using torch.Tensor before = torch.get_rng_state();

        await SmallExperiment.On(images).Within(Budget.Trials(1)).RunAsync();

        using torch.Tensor after = torch.get_rng_state();
        Assert.Equal(before.data<byte>().ToArray(), after.data<byte>().ToArray());
    }

    [Fact]
    public async Task RunAsync_LoggedTo_TellsOfEachNetworkAndTheSelection()
    {
        using DatasetSplits images = SmallExperiment.Images();
        ListLogger log = new();

        await SmallExperiment.On(images).Within(Budget.Trials(1)).LoggedTo(log).RunAsync();

        Assert.Equal(2, log.Lines.Count(line => line.Contains(" trained: validation robust ", StringComparison.Ordinal)));
        Assert.Single(log.Lines, line => line.StartsWith("Search ended because ", StringComparison.Ordinal));
        Assert.Contains(log.Lines, line => line.Contains(" on test: robust ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_TwoAtOnce_QueueAndGiveTheSameResult()
    {
        using DatasetSplits images = SmallExperiment.Images();
        RobustExperiment experiment = SmallExperiment.On(images).Within(Budget.Trials(1));

        ExperimentResult[] results = await Task.WhenAll(experiment.RunAsync(), experiment.RunAsync());

        Assert.Equal(Comparable(results[0]), Comparable(results[1]));
    }

    [Fact]
    public async Task RunAsync_TimeLimitUsedUp_SaysWhyItEnded()
    {
        using DatasetSplits images = SmallExperiment.Images();

        ExperimentResult result = await SmallExperiment.On(images).Comparing().FreeRunning()
            .Within(Budget.Trials(4).OrAfter(TimeSpan.FromMilliseconds(1))).RunAsync();

        Assert.Equal(1, result.Networks.Count(network => !network.IsBaseline));
        Assert.Contains("the limit of", result.EndedBecause);
    }

    [Fact]
    public async Task StreamAsync_LeftEarly_StopsTheRunAndReleasesTheFolder()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        RobustExperiment experiment = SmallExperiment.On(images).RecordedIn(folder.In("record"));

        await foreach (ExperimentProgress report in experiment.StreamAsync())
        {
            if (report.Finished is not null)
                break;
        }

        // The lock is free again, or this would be refused.
        ExperimentResult result = await experiment.RunAsync();
        Assert.Equal(3, result.Networks.Count);
    }

    [Fact]
    public async Task StreamAsync_ReadToTheEnd_EndsWithTheResult()
    {
        using DatasetSplits images = SmallExperiment.Images();
        List<ExperimentProgress> reports = [];

        await foreach (ExperimentProgress report in SmallExperiment.On(images).StreamAsync())
            reports.Add(report);

        Assert.Equal(ExperimentStage.Finished, reports[^1].Stage);
        Assert.Equal(3, reports[^1].Result!.Networks.Count);
        Assert.Equal(3, reports.Count(report => report.Stage == ExperimentStage.Training && report.Finished is not null));
        Assert.All(reports, report => Assert.InRange(report.Fraction, 0, 1));
    }

    [Fact]
    public void Estimate_SmallSearch_CountsTrainingsAndMeasuresTime()
    {
        using DatasetSplits images = SmallExperiment.Images();

        ExperimentEstimate estimate = SmallExperiment.On(images).Replicated(2).Estimate();

        Assert.Equal(6, estimate.Trainings);
        Assert.True(estimate.Training > TimeSpan.Zero && estimate.Testing > TimeSpan.Zero);
        Assert.True(estimate.PeakMemoryBytes > 10_000_000);
        Assert.Equal(0, images.Test.Reads);
    }

    [Fact]
    public void Rehearse_SmallSearch_GoesThroughEveryStageWithoutReadingTest()
    {
        using DatasetSplits images = SmallExperiment.Images();

        Rehearsal rehearsal = SmallExperiment.On(images).Rehearse();

        Assert.Equal(6, rehearsal.Stages.Count);
        Assert.Equal(0, images.Test.Reads);
    }

    /// <summary>What nobody asked to keep goes with the next run where the run was killed.</summary>
    [Fact]
    public async Task RunAsync_WithoutAFolder_RemovesWhatKilledRunsLeft()
    {
        using DatasetSplits images = SmallExperiment.Images();
        RobustExperiment experiment = SmallExperiment.On(images).Within(Budget.Trials(1));
        string left = Path.Combine(Path.GetDirectoryName(TestFolder.Root)!, $"robustwrn-{EndedProcess.Number}-{Guid.NewGuid():N}");

        Directory.CreateDirectory(Path.Combine(left, "training"));
        await experiment.RunAsync();
        Assert.False(Directory.Exists(left));

        Directory.CreateDirectory(Path.Combine(left, "training"));
        experiment.Rehearse();
        Assert.False(Directory.Exists(left));
    }

    internal static string Comparable(ExperimentResult result) => new JsonReport().Render(result with { Timing = new ExperimentTiming(default, [], [], "") });

    /// <summary>A user's own schedule, whose rates no description can bound.</summary>
    public sealed record AbsurdRate : ILearningRateSchedule
    {
        public const string TypeName = "test-absurd-rate";

        public double Factor(double progress) => 1e30;

        public IEnumerable<Problem> Problems() => [];
    }
}
