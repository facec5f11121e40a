using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Tests;

/// <summary>How much an experiment does may change in its folder; the result is always that of a new one with the same settings.</summary>
[Trait("Category", "Slow")]
public class GrowingExperimentTests
{
    private static readonly WideResNetSpec Other = SmallExperiment.Baseline.WithStage(^1, stage => stage with { Width = 7 });

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    [InlineData(2, 9)]
    public async Task RunAsync_OtherNumberOfTrials_GoesOnToTheResultOfOneRun(int first, int second)
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        RobustExperiment experiment = SmallExperiment.On(images);
        ExperimentResult whole = await experiment.Within(Budget.Trials(second)).RunAsync();

        ExperimentResult before = await experiment.Within(Budget.Trials(first)).RecordedIn(folder.In("record")).RunAsync();
        DateTime[] written = Written();
        ListLogger log = new();
        ExperimentResult after = await experiment.Within(Budget.Trials(second)).RecordedIn(folder.In("record")).LoggedTo(log).RunAsync();

        Assert.Equal(RobustExperimentTests.Comparable(whole), RobustExperimentTests.Comparable(after));
        Assert.Superset(written.ToHashSet(), Written().ToHashSet());
        Assert.Contains(log.Lines, line => line.Contains($"budget.maximalTrials: stored {first}, now {second}", StringComparison.Ordinal));
        Assert.Empty(log.Warnings);
        Assert.Equal(0, before.Timing.OtherTestReads);
        Assert.Equal(Tested(before).Except(Tested(after)).Count(), after.Timing.OtherTestReads);

        DateTime[] Written() => [.. Directory.EnumerateFiles(folder.Path, "weights.safetensors", SearchOption.AllDirectories)
            .Select(File.GetLastWriteTimeUtc)];
        static IEnumerable<string> Tested(ExperimentResult result) => result.Networks.SelectMany(network => network.Test).Select(outcome =>
            outcome.Weights!);
    }

    [Fact]
    public async Task RunAsync_MoreTime_GoesOn()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        RobustExperiment experiment = SmallExperiment.On(images).FreeRunning().RecordedIn(folder.In("record"));
        ExperimentResult whole = await SmallExperiment.On(images).FreeRunning().RunAsync();
        ExperimentResult cut = await experiment.Within(Budget.Trials(2).OrAfter(TimeSpan.FromMilliseconds(1))).RunAsync();

        ExperimentResult after = await experiment.RunAsync();
        ExperimentResult cutAgain = await experiment.Within(Budget.Trials(2).OrAfter(TimeSpan.FromMilliseconds(1))).RunAsync();

        Assert.Equal(RobustExperimentTests.Comparable(whole), RobustExperimentTests.Comparable(after));
        Assert.Equal(RobustExperimentTests.Comparable(cut), RobustExperimentTests.Comparable(cutAgain));
    }

    [Fact]
    public async Task RunAsync_OtherBaselinesAndReplicates_GiveTheResultOfOneRun()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        RobustExperiment few = SmallExperiment.On(images).Within(Budget.Trials(1)), many = few.Comparing(Other, SmallExperiment.Baseline)
            .Replicated(2);
        ExperimentResult small = await few.RecordedIn(folder.In("record")).RunAsync();

        ExperimentResult large = await many.RecordedIn(folder.In("record")).RunAsync();
        ExperimentResult smallAgain = await few.RecordedIn(folder.In("record")).RunAsync();

        Assert.Equal(RobustExperimentTests.Comparable(await many.RunAsync()), RobustExperimentTests.Comparable(large));
        Assert.Equal(RobustExperimentTests.Comparable(small), RobustExperimentTests.Comparable(smallAgain));
    }

    [Fact]
    public async Task Check_OtherSettings_AreRefusedWithTheDifferencesThatCount()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        RobustExperiment recorded = SmallExperiment.On(images).Within(Budget.Trials(1)).RecordedIn(folder.In("record"));
        await recorded.RunAsync();

        Problem problem = Assert.Single(recorded.EvaluatedBy(AttackSuite.Of("short", new Fgsm(), new Pgd { Steps = 3 }))
            .Within(Budget.Trials(5)).Check());

        Assert.Contains("suite.attacks[1].steps: stored 2, now 3", problem.Message);
        Assert.Contains("only budget, baselines, replicates may change", problem.Message);
        Assert.DoesNotContain("maximalTrials", problem.Message);
        Assert.NotEmpty(recorded.Searching(SmallExperiment.Space(), new GridSampler()).Check());
        Assert.Empty(recorded.Within(Budget.Trials(5)).Comparing().Check());
    }

    [Fact]
    public async Task RunAsync_Recorded_NamesWeightsThatCanBeOpenedAndWritesMetrics()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();

        ExperimentResult result = await SmallExperiment.On(images).Within(Budget.Trials(1)).Replicated(2).RecordedIn(folder.In("record"))
            .RunAsync();

        Assert.Equal(folder.In("record"), result.Timing.Folder);
        Assert.StartsWith("networks/WRN_1-1_4-8-", result.Networks[0].Weights);
        foreach (NetworkResult network in result.Networks)
        {
            foreach (string weights in network.Test.Select(outcome => outcome.Weights!).Append(network.Weights!))
            {
                using Classifier classifier = NetworkWeights.Open(Path.Combine(result.Timing.Folder!, weights));
                Assert.Equal(network.Spec, classifier.Spec);
                string[] files = [.. Directory.GetFiles(Path.GetDirectoryName(Path.Combine(result.Timing.Folder!, weights))!)
                    .Select(file => Path.GetFileName(file)!)];
                Assert.Superset(new HashSet<string> { "metrics.csv", "metrics.jsonl", "events.out.tfevents.0.robustwrn" },
                    files.ToHashSet());
            }
        }
        Assert.Equal(2, result.Networks[0].Test.Select(outcome => outcome.Weights).Distinct().Count());
    }

    [Theory]
    [InlineData(ExperimentStage.Training)]
    [InlineData(ExperimentStage.Testing)]
    public async Task RunAsync_FolderDeletedMeanwhile_EndsWithAnErrorAndCanBeRunAgain(ExperimentStage stage)
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        RobustExperiment experiment = SmallExperiment.On(images).RecordedIn(folder.In("record"));
        bool deleted = false;
        ImmediateProgress<ExperimentProgress> progress = new(report =>
        {
            if (deleted || report.Stage != stage || report.Finished is null)
                return;
            Directory.Delete(folder.In("record"), recursive: true);
            deleted = true;
        });

        IOException lost = await Assert.ThrowsAnyAsync<IOException>(() => experiment.RunAsync(progress));

        Assert.Contains("deleted, moved or replaced", lost.Message);
        Assert.Equal(RobustExperimentTests.Comparable(await SmallExperiment.On(images).RunAsync()),
            RobustExperimentTests.Comparable(await experiment.RunAsync()));
    }
}
