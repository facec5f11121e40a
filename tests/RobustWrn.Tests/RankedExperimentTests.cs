using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using static TorchSharp.torch;

namespace RobustWrn.Tests;

/// <summary>
/// Networks ranked by attacks of their own, which race with the networks before them. All of it is really trained and attacked.
/// </summary>
public class RankedExperimentTests
{
    private static readonly AttackSuite Ranking = AttackSuite.Of("ranking", new Fgsm(), new Pgd { Steps = 4 });

    [Fact]
    public async Task RunAsync_OneObjective_BoundsAreAboveTheTruthAndBelowTheBestBefore()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        CountingEvaluator evaluator = new();
        RobustExperiment experiment = Ranked(images).EvaluatingWith(evaluator).RecordedIn(folder.Path);

        ExperimentResult result = await experiment.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        int attacked = evaluator.Asked;
        ExperimentResult again = await experiment.RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        double best = 0;
        int stopped = 0;
        foreach (NetworkResult network in result.Networks)
        {
            using Classifier classifier = NetworkWeights.Open(Path.Combine(folder.Path, network.Weights!));
            RobustnessResult whole = RobustnessEvaluation.Run(classifier, images.Training.Validation, experiment.Threat, Ranking,
                new EvaluationOptions { Seed = 3, Audit = null });
            Judgement judgement = network.Judgement!;
            Measure told = network.Measures.First(measure => measure.Name == "robust accuracy");
            Assert.Equal(whole.Clean, judgement.Clean);
            Assert.Equal(judgement.IsBound, told.IsUpperBound);
            if (judgement.AtMost is { } bound)
            {
                stopped++;
                Assert.False(network.IsBaseline);
                Assert.Equal(best, judgement.MustReach);
                Assert.InRange(bound.Value, whole.Robust.Value, Math.BitDecrement(best));
                Assert.False(network.OnFront);
                Assert.Empty(network.Test);
                Assert.Contains("robust at most ", network.ToString());
            }
            else
            {
                Assert.Equal(whole.Robust, judgement.Robust);
                Assert.Equal(Measure.Of("robust accuracy", whole.Robust), told);
                if (!network.IsBaseline)
                    best = Math.Max(best, whole.Robust.Value);
            }
        }
        Assert.InRange(stopped, 1, 5);
        Assert.Equal(best, result.Ranking.First(network => !network.IsBaseline).Judgement!.Robust!.Value.Value);
        bool[] bounds = [.. result.Ranking.Select(network => network.Judgement!.IsBound)];
        Assert.Equal(bounds.Order(), bounds);
        Assert.Equal(attacked, evaluator.Asked);
        Assert.Equal(RobustExperimentTests.Comparable(result), RobustExperimentTests.Comparable(again));
        Assert.Contains("| at most ", new MarkdownReport().Render(result));
        // A judgement and a bound come back from the file as they are.
        string file = Path.Combine(folder.Path, "result.json");
        await result.WriteAsync(new JsonReport(), file, TestContext.Current.CancellationToken);
        Assert.Equal(result.Networks, ExperimentResult.Read(file).Networks);
    }

    /// <summary>With several objectives, the front is that of a search in which every attack finished.</summary>
    [Fact]
    public async Task RunAsync_SeveralObjectives_GivesTheFrontOfTheUnracedSearch()
    {
        using DatasetSplits images = SmallExperiment.Images();
        RobustExperiment experiment = Ranked(images).SearchingFor(new RobustAccuracy(), new MultiplyAddCount());

        ExperimentResult raced = await experiment.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        ExperimentResult whole = await experiment.EvaluatingWith(new Unraced())
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(Front(whole), Front(raced));
        Assert.All(whole.Networks, network => Assert.False(network.Judgement!.IsBound));
        Assert.Contains(raced.Networks, network => network.Judgement!.IsBound);
        Assert.All(raced.Networks.Zip(whole.Networks).Where(pair => !pair.First.Judgement!.IsBound), pair =>
            Assert.Equal(pair.Second.Judgement, pair.First.Judgement));

        static IEnumerable<string> Front(ExperimentResult result) => result.Networks.Where(network => network.OnFront)
            .Select(network => $"{network.Trial} {network.Judgement!.Robust} {network.TestRobust}");
    }

    /// <summary>Stopped in the middle of a ranking, wherever that is, it goes on and ends in the same result.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public async Task RunAsync_StoppedWhileRanking_EndsInTheSameResult(int stoppedAt)
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        RobustExperiment experiment = Ranked(images);
        ExperimentResult whole = await experiment.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        using CancellationTokenSource stop = new();
        int rankings = 0;
        Told told = new(report =>
        {
            if (report is { Stage: ExperimentStage.Ranking, Evaluation: not null } && ++rankings == stoppedAt)
                stop.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => experiment.RecordedIn(folder.Path).RunAsync(told, stop.Token));
        ExperimentResult resumed = await experiment.RecordedIn(folder.Path)
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(RobustExperimentTests.Comparable(whole), RobustExperimentTests.Comparable(resumed));
    }

    private static RobustExperiment Ranked(DatasetSplits images) => SmallExperiment.On(images).RankedBy(Ranking)
        .Searching(
            new SearchSpace<WideResNetSpec>(SmallExperiment.Baseline).Vary(
                "last stage width", Enumerable.Range(3, 6), (spec, width) => spec.WithStage(^1, stage => stage with { Width = width })),
            new GridSampler())
        .SearchingFor(new RobustAccuracy()).InBatchesOf(1).Within(Budget.Trials(6));

    private sealed class Told(Action<ExperimentProgress> told) : IProgress<ExperimentProgress>
    {
        public void Report(ExperimentProgress value) => told(value);
    }

    private sealed class CountingEvaluator : IRobustnessEvaluator
    {
        public int Asked { get; private set; }

        public RobustnessResult Run(
            nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite, EvaluationOptions? options = null,
            IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default)
        {
            Asked++;
            return RobustnessEvaluation.Run(model, images, threat, suite, options, progress, cancellationToken);
        }

        public RacedEvaluation Race(
            nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite, double mustReach,
            EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null,
            CancellationToken cancellationToken = default)
        {
            Asked++;
            return RobustnessEvaluation.Race(model, images, threat, suite, mustReach, options, progress, cancellationToken);
        }
    }

    private sealed class Unraced : IRobustnessEvaluator
    {
        public RobustnessResult Run(
            nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite, EvaluationOptions? options = null,
            IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default) =>
            RobustnessEvaluation.Run(model, images, threat, suite, options, progress, cancellationToken);
    }
}
