using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;
using static TorchSharp.torch;

namespace RobustWrn.Tests;

/// <summary>
/// The search of an experiment: its objectives and limits, what fails, and what is not believed. Nothing is really trained.
/// </summary>
public class SearchStageTests
{
    private static readonly SearchSpace<WideResNetSpec> Space = new SearchSpace<WideResNetSpec>(SmallExperiment.Baseline)
        .Vary("last stage width", Enumerable.Range(1, 12), (spec, width) => spec.WithStage(^1, stage => stage with { Width = width }));

    private static RobustExperiment On(DatasetSplits images, StandIn trainer) => SmallExperiment.On(images).Comparing()
        .Searching(Space, new GridSampler()).Within(Budget.Trials(12)).TrainingWith((_, _) => trainer)
            .EvaluatingWith(new Believer(trainer));

    [Theory]
    [InlineData(typeof(OutOfMemoryException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(NullReferenceException))]
    [InlineData(typeof(ArithmeticException))]
    public async Task RunAsync_TrialThatThrows_IsRecordedWithItsReasonAndTheSearchGoesOn(Type type)
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        StandIn trainer = new() { Throws = width => width is 3 or 4 or 7 ? (Exception)Activator.CreateInstance(type, "it burnt")! : null };
        RobustExperiment experiment = On(images, trainer).RecordedIn(folder.Path);

        ExperimentResult result = await experiment.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        int trained = trainer.Trained;
        ExperimentResult again = await experiment.RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(12, result.Networks.Count);
        Assert.Equal([2, 3, 6], result.Networks.Where(network => network.Failure is not null).Select(network => network.Trial!.Value));
        Assert.All(result.Networks.Where(network => network.Failure is not null), network =>
            Assert.Equal($"failed 2 times, the last time: {type.Name}: it burnt", network.Failure));
        Assert.Equal(trained, trainer.Trained);
        Assert.Equal(RobustExperimentTests.Comparable(result), RobustExperimentTests.Comparable(again));
    }

    [Fact]
    public async Task RunAsync_SoManyFailuresInARow_EndTheSearchWithTheReason()
    {
        using DatasetSplits images = SmallExperiment.Images();
        StandIn trainer = new() { Throws = width => width > 4 ? new InvalidOperationException("the data are gone.\nAt line 3.") : null };

        ExperimentResult result = await On(images, trainer).Within(Budget.Trials(12) with { MaxFailuresInARow = 3 })
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(7, result.Networks.Count);
        Assert.Equal("3 trials in a row failed, the last one with: failed 2 times, the last time: "
            + "InvalidOperationException: the data are gone", result.EndedBecause);
    }

    [Fact]
    public async Task RunAsync_Cancelled_IsNoFailureOfTheTrial()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        using CancellationTokenSource stop = new();
        StandIn trainer = new() { Throws = width => width == 3 ? Cancelled(stop) : null };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => On(images, trainer).RecordedIn(folder.Path)
            .RunAsync(cancellationToken: stop.Token));
        ExperimentResult result = await On(images, new StandIn()).RecordedIn(folder.Path)
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.All(result.Networks, network => Assert.Null(network.Failure));

        static OperationCanceledException Cancelled(CancellationTokenSource stop)
        {
            stop.Cancel();
            return new OperationCanceledException(stop.Token);
        }
    }

    [Fact]
    public async Task RunAsync_SeveralObjectives_PutTheirFrontOnTest()
    {
        using DatasetSplits images = SmallExperiment.Images();
        // Wider is more robust up to 6; clean accuracy falls from 10 on.
        StandIn trainer = new() { Robust = width => 10 + Math.Min(width, 6), Clean = width => width >= 10 ? 16 : 20 };

        ExperimentResult both = await On(images, trainer).SearchingFor(new RobustAccuracy(), new MultiplyAddCount())
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        ExperimentResult limited = await On(images, trainer).SearchingFor(new RobustAccuracy(), new MultiplyAddCount())
            .Requiring(new RobustAccuracy(), 13 / 32.0).RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3, 4, 5, 6], Front(both));
        Assert.Equal([3, 4, 5, 6], Front(limited));
        Assert.Equal(6, both.TestReads);
        Assert.Equal(["robust accuracy", "MACs", "clean accuracy"], both.Networks[0].Measures.Select(measure => measure.Name));
    }

    [Fact]
    public async Task RunAsync_WorstClass_IsTheLowestOfTheClasses()
    {
        using DatasetSplits images = SmallExperiment.Images();
        StandIn trainer = new();

        ExperimentResult result = await On(images, trainer).SearchingFor(new WorstClassAccuracy()).Within(Budget.Trials(1))
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        NetworkResult network = result.Networks[0];
        using ImageBatch batch = images.Training.Validation.Read([.. Enumerable.Range(0, 32).Select(i => (long)i)]);
        long[] labels = [.. batch.Labels.data<long>()];
        double expected = Enumerable.Range(0, 32).GroupBy(i => labels[i])
            .Min(of => of.Count(i => network.ValidationVerdicts!.Robust[i]) / (double)of.Count());
        Assert.Equal(expected, network.Measures[0].Value);
    }

    [Fact]
    public async Task RunAsync_FinalistThatCannotBeBelieved_LeavesTheFrontAndCannotWin()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        // The widest looks best, and next the one before it.
        StandIn trainer = new() { Robust = width => 8 + width, Clean = width => 20 + width, Suspect = width => width is 12 or 11 };
        ListLogger log = new();

        ExperimentResult result = await On(images, trainer).RecordedIn(folder.Path).LoggedTo(log)
            .SearchingFor(new RobustAccuracy(), new CleanAccuracy()).RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([10], Front(result));
        Assert.Equal(10, Width(result.Ranking.First()));
        Assert.Equal([12, 11], result.Ranking.TakeLast(2).Select(Width));
        Assert.All(result.Ranking.TakeLast(2), network => Assert.Empty(network.Test));
        Assert.Equal(2, log.Warnings.Count(line => line.Contains("cannot win", StringComparison.Ordinal)));
        Assert.Contains(result.Notes, note => note.StartsWith("2 networks could not be believed on validation", StringComparison.Ordinal));
        int asked = trainer.Judged;
        ExperimentResult again = await On(images, trainer).RecordedIn(folder.Path)
            .SearchingFor(new RobustAccuracy(), new CleanAccuracy()).RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(asked, trainer.Judged);
        Assert.Equal(RobustExperimentTests.Comparable(result), RobustExperimentTests.Comparable(again));
    }

    [Fact]
    public async Task RunAsync_BudgetOfTime_CoversBaselines()
    {
        using DatasetSplits images = SmallExperiment.Images();
        StandIn trainer = new() { Elapsed = TimeSpan.FromSeconds(40) };
        INetworkSpec[] baselines = [.. Enumerable.Range(20, 3)
            .Select(width => SmallExperiment.Baseline.WithStage(^1, stage => stage with { Width = width }))];

        ExperimentResult result = await On(images, trainer).Comparing(baselines).FreeRunning()
            .Within(Budget.Trials(12).OrAfter(TimeSpan.FromSeconds(70))).RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(2, trainer.Trained);
        Assert.Equal("it was not trained: the networks before it had taken the 70 s of the budget.", result.Networks[2].Failure);
        Assert.Equal("the trainings had taken 80 s, the limit of 70 s", result.EndedBecause);
        Assert.Contains(result.Notes, note => note.StartsWith("The search was free-running", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_LimitOfTimeOverSeveralSessions_CountsWhatEarlierOnesTook()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        StandIn trainer = new() { Elapsed = TimeSpan.FromSeconds(40) };
        RobustExperiment experiment = On(images, trainer).FreeRunning().RecordedIn(folder.Path);
        await experiment.Within(Budget.Trials(12).OrAfter(TimeSpan.FromSeconds(50)))
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(2, trainer.Trained);

        ExperimentResult result = await experiment.Within(Budget.Trials(12).OrAfter(TimeSpan.FromSeconds(100)))
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(3, trainer.Trained);
        Assert.Equal("the trainings had taken 120 s, the limit of 100 s", result.EndedBecause);
    }

    [Fact]
    public void Check_TimesInBatches_AreRefusedTogether()
    {
        using DatasetSplits images = SmallExperiment.Images();
        RobustExperiment experiment = On(images, new StandIn())
            .SearchingFor(new RobustAccuracy(), new Latency { Passes = 0 }, new TrainingTime());

        Assert.Equal("SearchingFor[1].Passes", Assert.Single(experiment.Check()).Subject);
        IReadOnlyList<Problem> problems = experiment.SearchingFor(new RobustAccuracy(), new Latency(), new TrainingTime(),
            new RobustAccuracy())
            .Within(Budget.Trials(2).OrAfter(TimeSpan.FromHours(1))).Check();
        Assert.Equal(["Search.Objectives", "Within", "SearchingFor", "SearchingFor"], problems.Select(problem => problem.Subject));
        Assert.Empty(On(images, new StandIn()).SearchingFor(new RobustAccuracy(), new Latency()).FreeRunning().Check());
    }

    [Fact]
    public async Task RunAsync_FreeRunningForLatency_MeasuresItOnThisMachine()
    {
        using DatasetSplits images = SmallExperiment.Images();

        ExperimentResult result = await On(images, new StandIn()).FreeRunning()
            .SearchingFor(new RobustAccuracy(), new Latency { Passes = 3 }, new TrainingTime())
            .Within(Budget.Trials(3)).RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.All(result.Networks, network => Assert.InRange(network.Measures[1].Value, 1e-3, 1e4));
        Assert.All(result.Networks, network => Assert.Equal(1, network.Measures[2].Value));
    }

    private static int[] Front(ExperimentResult result) => [.. result.Front.Select(Width).Order()];

    private static int Width(NetworkResult network) => ((WideResNetSpec)network.Spec).Stages[^1].Width;

    /// <summary>Says what a function of the last stage's width says.</summary>
    private sealed class StandIn : IRobustTrainer
    {
        public Func<int, int> Robust { get; init; } = width => width;

        public Func<int, int> Clean { get; init; } = _ => 32;

        public Func<int, Exception?> Throws { get; init; } = _ => null;

        public Func<int, bool> Suspect { get; init; } = _ => false;

        public TimeSpan Elapsed { get; init; } = TimeSpan.FromSeconds(1);

        public int Trained { get; private set; }

        public int Judged { get; set; }

        public TrainingResult Fit(
            Classifier classifier, TrainingSplits data, ThreatModel threat, Seed seed,
            TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
        {
            Trained++;
            int width = ((WideResNetSpec)classifier.Spec).Stages[^1].Width;
            if (Throws(width) is { } exception)
                throw exception;
            ValidationVerdicts verdicts = new(BitRow.Of(Enumerable.Range(0, 32).Select(i => i < Clean(width))),
                BitRow.Of(Enumerable.Range(0, 32).Select(i => i < Robust(width))));
            EpochMetrics epoch = new()
            {
                Epoch = 1,
                Loss = 1,
                LearningRate = 0.1,
                GradientNorm = 1,
                Clean = verdicts.Clean,
                Robust = verdicts.RobustShare,
                Verdicts = verdicts,
                Elapsed = Elapsed,
            };
            return new TrainingResult { Epochs = [epoch], Best = epoch };
        }
    }

    private sealed class Believer(StandIn trainer) : IRobustnessEvaluator
    {
        public RobustnessResult Run(
            nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite,
            EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null,
                CancellationToken cancellationToken = default)
        {
            trainer.Judged++;
            bool suspect = trainer.Suspect(((WideResNetSpec)((Classifier)model).Spec).Stages[^1].Width);
            return new RobustnessResult
            {
                Threat = threat,
                Suite = suite,
                Clean = new Proportion(25, 32),
                Robust = new Proportion(20, 32),
                Attacks = [.. suite.Attacks.Select(attack => new AttackTally(attack.Name, 25, 20, TimeSpan.FromSeconds(1)))],
                Audit = new AuditReport
                {
                    Verdict = suspect ? AuditVerdict.Suspect : AuditVerdict.Trustworthy,
                    Findings = suspect ? [new AuditFinding("zero gradients", AuditVerdict.Suspect, "Gradients must not vanish",
                        "all do", "Look at the logits.")] : [],
                },
            };
        }
    }
}
