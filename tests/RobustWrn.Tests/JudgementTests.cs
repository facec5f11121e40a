using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using static TorchSharp.torch;

namespace RobustWrn.Tests;

/// <summary>The attacks that rank one network of an experiment: raced, recorded, and gone on with.</summary>
public sealed class JudgementTests : IDisposable
{
    private static readonly AttackSuite Ranking = AttackSuite.Of("ranking", new Fgsm(), new Pgd { Steps = 3 });

    private readonly DatasetSplits _images = SmallExperiment.Images();
    private readonly TestFolder _place = new();
    private readonly ListLogger _log = new();
    private readonly Counting _evaluator = new();
    private readonly RobustExperiment _experiment;
    private readonly ExperimentFolder _folder;
    private readonly NetworkRun _run;
    private readonly TrainedNetwork _trained;
    private readonly RobustnessResult _whole;

    public JudgementTests()
    {
        _experiment = SmallExperiment.On(_images).RankedBy(Ranking).EvaluatingWith(_evaluator).LoggedTo(_log);
        _folder = ExperimentFolder.Open(_place.Path, ExperimentCheck.Settings(_experiment), NullLogger.Instance);
        _run = new NetworkRun(_experiment, SmallExperiment.Baseline, 0, _folder);
        _trained = _run.Train(null, TestContext.Current.CancellationToken);
        using Classifier classifier = _run.Open();
        _whole = RobustnessEvaluation.Run(classifier, _images.Training.Validation, _experiment.Threat, Ranking,
            new EvaluationOptions { Seed = _experiment.Seed, BlockSize = Counting.Block, Audit = null });
        Assert.InRange(_whole.Robust.Hits, 1, _whole.Clean.Hits - 1);
    }

    private string Network => Directory.GetDirectories(Path.Combine(_place.Path, "networks")).Single();

    public void Dispose()
    {
        _folder.Dispose();
        _images.Dispose();
        _place.Dispose();
    }

    [Fact]
    public void Judge_NoBarOrOneThatIsReached_IsTheWholeEvaluationAndIsReadBack()
    {
        Judgement finished = Judge(_whole.Robust.Value);

        Assert.Equal((_whole.Clean, _whole.Robust, null, false), (finished.Clean, finished.Robust, finished.AtMost, finished.IsBound));
        Assert.Equal(_whole.Examples.Select(example => example.Robust), finished.Standing!.ToArray());
        Assert.Equal(Measure.Of("robust", _whole.Robust), finished.RobustMeasure("robust"));
        Assert.Equal([NamedVerdicts.Right, NamedVerdicts.Robust], finished.Verdicts.Select(verdicts => verdicts.Name));
        Assert.False(Directory.Exists(Path.Combine(Network, "ranking")));

        // Finished is finished, whatever must be reached by then.
        Assert.Equal(finished, Judge(null));
        Assert.Equal(finished, Judge(1));
        Assert.Equal(1, _evaluator.Asked);
    }

    [Fact]
    public void Judge_BarsThatRiseAndFall_GoOnFromWhatIsKnown()
    {
        double missed = (double)(_whole.Robust.Hits + 1) / _whole.Robust.Total;
        Judgement high = Judge(1), low = Judge(missed), same = Judge(missed), higher = Judge(0.99);
        int asked = _evaluator.Asked;
        Judgement finished = Judge(null);

        Assert.Equal(1, high.MustReach);
        Assert.True(high.IsBound && low.IsBound);
        Assert.InRange(high.AtMost!.Value.Hits, low.AtMost!.Value.Hits, _whole.Clean.Hits);
        Assert.InRange(low.AtMost.Value.Hits, _whole.Robust.Hits, _whole.Robust.Hits);
        Assert.Equal(_whole.Clean, low.Clean);
        Assert.Equal(low, same);
        Assert.Equal(low, higher); // a bound below this bar, too
        Assert.Equal(2, asked);
        Assert.Equal(Measure.AtMost("robust", low.AtMost.Value), low.RobustMeasure("robust"));
        Assert.Equal([NamedVerdicts.Right, NamedVerdicts.Standing], low.Verdicts.Select(verdicts => verdicts.Name));
        Assert.StartsWith($"robust at most {100 * low.AtMost.Value.Value:0.0} %, below the ", low.ToString());
        Assert.Equal(_whole.Robust, finished.Robust);
        Assert.Contains(true, _evaluator.Resumed[^1]); // what was attacked before is not attacked again
    }

    [Theory]
    [InlineData("ranking.json")]
    [InlineData("weights.safetensors")]
    public void Judge_DamagedFile_IsNotBelieved(string damaged)
    {
        Judgement before = Judge(1);
        string path = Path.Combine(Network, damaged);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);

        if (damaged == "ranking.json")
        {
            Assert.Equal(before, Judge(1));
            Assert.Contains(_log.Warnings, warning => warning.Contains(path, StringComparison.Ordinal));
        }
        else
        {
            Assert.Contains("must stay as it is", Assert.Throws<InvalidDataException>(() => Judge(null)).Message);
        }
    }

    /// <summary>The measures of a bound are bounds, those without attack are exact, and each is at least the true one.</summary>
    [Fact]
    public void Outcome_OfABound_TellsBoundsThatAreAboveTheTruth()
    {
        RobustExperiment experiment = _experiment.SearchingFor(new RobustAccuracy(), new WorstClassAccuracy(), new CleanAccuracy());
        double missed = (double)(_whole.Robust.Hits + 1) / _whole.Robust.Total;

        TrialOutcome bound = Measurement(experiment).Outcome(Judge(missed)), truth = Measurement(experiment).Outcome(Judge(null));

        Assert.Equal([true, true, false], bound.Measures.Select(measure => measure.IsUpperBound));
        Assert.All(truth.Measures, measure => Assert.False(measure.IsUpperBound));
        Assert.All(bound.Measures.Zip(truth.Measures), pair => Assert.True(pair.First.Value >= pair.Second.Value));
        Assert.Equal(truth.Find("clean accuracy"), bound.Find("clean accuracy"));
        Assert.Equal(_whole.WorstClass!.Robust, truth.Find("worst class robust accuracy")!.Share);
        Assert.Equal(bound.Find("robust accuracy")!.Value, missed - 1.0 / _whole.Robust.Total);
    }

    [Fact]
    public void Bar_FromWhatIsTold_NeedsAllElseToBeAsGood()
    {
        RobustExperiment experiment = _experiment.SearchingFor(new RobustAccuracy(), new MultiplyAddCount());
        double mine = Measurement(experiment).Known.Single(measure => measure.Name == new MultiplyAddCount().Objective.Name).Value;

        Assert.Null(Measurement(experiment).Bar([]));
        Assert.Equal(0.5, Measurement(experiment).Bar([Told(50, mine), Told(70, mine + 1)]));
        Assert.Null(Measurement(experiment).Bar([Told(70, mine + 1)]));
        Assert.Equal(0.7, Measurement(_experiment).Bar([Told(50, mine), Told(70, mine + 1)]));
        Assert.Equal(0.9, Measurement(_experiment.Requiring(new RobustAccuracy(), 0.9)).Bar([])!.Value, 1e-8);

        static TrialOutcome Told(int robust, double cost) => new()
        {
            Measures =
            [
                Measure.Of(new RobustAccuracy().Objective.Name, new Proportion(robust, 100)),
                new Measure(new MultiplyAddCount().Objective.Name, cost),
            ],
        };
    }

    /// <summary>A time that the bar was made with, or that was told, is not taken a second time.</summary>
    [Fact]
    public void Outcome_OfTimes_IsWhatWasMeasuredOnce()
    {
        RobustExperiment experiment = _experiment.FreeRunning().SearchingFor(new RobustAccuracy(), new Latency { Passes = 3, WarmUp = 0 });
        TrialMeasurement measurement = Measurement(experiment);
        Measure known = measurement.Known.Single(measure => measure.Name == "latency, ms");

        TrialOutcome first = measurement.Outcome(Judge(null));
        TrialOutcome second = new TrialMeasurement(experiment, Trained(), first).Outcome(Judge(null));

        Assert.Equal(known, first.Find("latency, ms"));
        Assert.Equal(first, second);
    }

    private Judgement Judge(double? bar) => _run.Judge(_trained, bar, null, TestContext.Current.CancellationToken);

    private TrialMeasurement Measurement(RobustExperiment experiment) => new(experiment, Trained());

    private MeasuredNetwork Trained() => new(
        SmallExperiment.Baseline, SmallExperiment.Baseline.Cost(32, 32), _trained.ValidationClean!.Value, _trained.ValidationRobust!.Value,
        TimeSpan.FromSeconds(1))
    {
        Verdicts = _trained.Verdicts,
        Validation = _images.Training.Validation,
        Open = _run.Open,
    };

    // Small blocks, so that a race can stop between them.
    private sealed class Counting : IRobustnessEvaluator
    {
        public const int Block = 4;

        public int Asked { get; private set; }

        public List<List<bool>> Resumed { get; } = [];

        public RobustnessResult Run(
            nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite, EvaluationOptions? options = null,
            IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default) => RobustnessEvaluation.Run(
                model, images, threat, suite, options! with { BlockSize = Block }, Told(), cancellationToken);

        public RacedEvaluation Race(
            nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite, double mustReach,
            EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null,
            CancellationToken cancellationToken = default) => RobustnessEvaluation.Race(
                model, images, threat, suite, mustReach, options! with { BlockSize = Block }, Told(), cancellationToken);

        private ImmediateProgress<EvaluationProgress> Told()
        {
            Asked++;
            List<bool> resumed = [];
            Resumed.Add(resumed);
            return new(report => resumed.Add(report.IsResumed));
        }
    }
}
