using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn.Tests;

/// <summary>Trials that are ended on their way, waited for at rungs, and gone on with from their checkpoints. All are really trained.</summary>
public sealed class PrunedExperimentTests : IDisposable
{
    private const int Epochs = 4;

    private static readonly AsynchronousSuccessiveHalving Pruner = new() { Reduction = 2, Halvings = 2 };

    private readonly DatasetSplits _images = SmallExperiment.Images();
    private readonly TestFolder _folder = new();

    public void Dispose()
    {
        _images.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task RunAsync_WithAPruner_EndsTrialsAndTrainsTheOthersToTheSameBits()
    {
        RobustExperiment experiment = On(_images, Pruner).RecordedIn(_folder.Path);

        ExperimentResult result = await experiment.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        ExperimentResult whole = await On(_images, null).RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        ExperimentResult again = await experiment.RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        NetworkResult[] pruned = [.. result.Networks.Where(network => network.Pruned is not null)];
        Assert.Equal(6, result.Networks.Count);
        Assert.InRange(pruned.Length, 1, 4);
        Assert.DoesNotContain(pruned, network => network.Trial is 3 || network.OnFront || network.Test.Count > 0);
        Assert.All(result.Networks.Zip(whole.Networks).Where(pair => pair.First.Pruned is null), pair =>
            Assert.Equal(
                pair.Second with { OnFront = false, Test = [], ValidationAudit = null },
                pair.First with { OnFront = false, Test = [], ValidationAudit = null }));
        Assert.All(pruned, network =>
        {
            Assert.InRange(network.Pruned!.Epoch, 1, 2);
            Assert.Equal(Epochs - network.Pruned.Epoch, network.Pruned.Saved);
            Assert.Contains("pruned after epoch ", network.ToString());
            Assert.Equal(["robust accuracy", "clean accuracy"], network.Pruned.Measures.Select(measure => measure.Name));
        });
        Assert.Equal(RobustExperimentTests.Comparable(result), RobustExperimentTests.Comparable(again));
        Assert.Contains($"{pruned.Length} pruned", result.ToString());
        string report = new MarkdownReport().Render(result);
        Assert.Contains("## Pruned", report);
        Assert.Contains($"saved {Quantity.Of(pruned.Sum(network => network.Pruned!.Saved), "epoch")}", report);
        string file = _folder.In("result.json");
        await result.WriteAsync(new JsonReport(), file, TestContext.Current.CancellationToken);
        Assert.Equal(result.Networks, ExperimentResult.Read(file).Networks);
        // Their time counts, though nothing was kept of them.
        Assert.All(result.Timing.TrainingSeconds, seconds => Assert.InRange(seconds, 0.001, 1_000));
    }

    /// <summary>Stopped at any report, within an epoch or after one, the search goes on and ends in the same result.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task RunAsync_StoppedOnTheWay_EndsInTheSameResult(int reports)
    {
        ExperimentResult whole = await On(_images, Pruner).RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        RobustExperiment experiment = On(_images, Pruner).RecordedIn(_folder.Path);
        int stops = 0;
        ExperimentResult? result = null;
        while (result is null)
        {
            using CancellationTokenSource stop = new();
            int heard = 0;
            Heard progress = new(report =>
            {
                if (report.Training is not null && ++heard == reports)
                    stop.Cancel();
            });
            try
            {
                result = await experiment.RunAsync(progress, stop.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.InRange(++stops, 1, 30);
            }
        }

        Assert.InRange(stops, 1, 30);
        Assert.Equal(RobustExperimentTests.Comparable(whole), RobustExperimentTests.Comparable(result));
    }

    [Fact]
    public async Task RunAsync_SeveralObjectives_MeasuresThemAtRungs()
    {
        RobustExperiment experiment = On(_images, Pruner).RecordedIn(_folder.Path)
            .SearchingFor(new RobustAccuracy(), new MultiplyAddCount(), new WorstClassAccuracy());

        ExperimentResult result = await experiment.RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        using Study<INetworkSpec> study = Study.Open(experiment.Space!, experiment.Sampler!, experiment.Seed,
            new FolderStudyStore(Path.Combine(_folder.Path, "study")), ExperimentCheck.StudyOptionsOf(experiment));
        Assert.Equal([1, 2], study.Rungs);
        foreach (TrialRecord trial in study.Trials)
        {
            Assert.Equal(Enumerable.Range(1, trial.Reports.Count), trial.Reports.Select(report => report.Step));
            Assert.Equal(trial.State == TrialState.Completed, trial.Reports.Count == Epochs);
            Assert.All(trial.Reports, report => Assert.Equal(report.Step <= 2 ? 4 : 2, report.Measures.Count));
        }
        Assert.Contains(study.Trials, trial => trial.State == TrialState.Pruned);
        Assert.Contains(result.Notes, note => note.Contains("ended early", StringComparison.Ordinal));
    }

    /// <summary>A trainer that cannot pause trains to the end, and the rungs decide all the same.</summary>
    [Fact]
    public async Task RunAsync_TrainerThatKnowsNoPause_IsDecidedAtTheRungs()
    {
        ExperimentResult result = await On(_images, Pruner).TrainingWith((_, _) => new Unpausing())
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        // Wider is better; the fourth is exempt.
        int[] kept = [.. result.Networks.Where(network => network.Pruned is null).Select(network => network.Trial!.Value)];
        Assert.Contains(3, kept);
        Assert.InRange(kept.Length, 2, 5);
        Assert.DoesNotContain(0, kept);
    }

    [Fact]
    public void Check_NoEpochAfterWhichATrainingGoesOn_IsRefused()
    {
        RobustExperiment experiment = On(_images, Pruner);

        Problem problem = Assert.Single(
            experiment.TrainedBy(experiment.Objective, experiment.Recipe with { Epochs = 1 }).Check());

        Assert.Equal("Pruner", problem.Subject);
        Assert.Equal("Search.Pruner.Reduction", Assert.Single(On(_images, Pruner with { Reduction = 1 }).Check()).Subject);
    }

    private static RobustExperiment On(DatasetSplits images, IPruner? pruner)
    {
        RobustExperiment experiment = SmallExperiment.On(images);
        SearchSpace<WideResNetSpec> space = new SearchSpace<WideResNetSpec>(SmallExperiment.Baseline).Vary(
            "last stage width", Enumerable.Range(3, 6), (spec, width) => spec.WithStage(^1, stage => stage with { Width = width }));
        return experiment.Comparing().Searching(space, new GridSampler(), pruner).InBatchesOf(4).Within(Budget.Trials(6))
            .TrainedBy(experiment.Objective, experiment.Recipe with { Epochs = Epochs });
    }

    private sealed class Heard(Action<ExperimentProgress> heard) : IProgress<ExperimentProgress>
    {
        public void Report(ExperimentProgress value) => heard(value);
    }

    private sealed class Unpausing : IRobustTrainer
    {
        public TrainingResult Fit(
            Classifier classifier, TrainingSplits data, ThreatModel threat, Seed seed,
            TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
        {
            int width = ((WideResNetSpec)classifier.Spec).Stages[^1].Width;
            EpochMetrics[] epochs =
            [
                .. Enumerable.Range(1, Epochs).Select(epoch => new EpochMetrics
                {
                    Epoch = epoch,
                    Loss = 1,
                    LearningRate = 0.1,
                    GradientNorm = 1,
                    Clean = new Proportion(32, 32),
                    Robust = new Proportion(width + epoch, 32),
                }),
            ];
            return new TrainingResult { Epochs = [.. epochs], Best = epochs[^1] };
        }
    }
}
