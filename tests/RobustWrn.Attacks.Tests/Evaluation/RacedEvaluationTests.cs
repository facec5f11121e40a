using System.Text.Json.Nodes;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>
/// An evaluation with a robust accuracy to reach ends as one without where it reaches it, and in an upper bound below the bar where not.
/// </summary>
public sealed class RacedEvaluationTests : IDisposable
{
    private const int Images = 30, Side = 4, Pixels = Side * Side;
    private static readonly LinfThreat Threat = ThreatModel.Linf(0.08);
    private static readonly AttackSuite Suite = AttackSuite.Of(
        "two", new RandomNoise { Draws = 2 }, new Pgd { Steps = 3, StepSize = 0.02 });

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly string _folder = TestFolder.Make();

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public static TheoryData<int> Networks() => [.. Enumerable.Range(0, 8)];

    /// <summary>Networks at random, with every bar that their number of images can tell apart, and some between.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void Race_AnyNetworkAndBar_FinishesAsTheEvaluationOrGivesABoundAboveTheTruth(int number)
    {
        (LinearModel model, TensorSource source) = Drawn(number);
        EvaluationOptions options = new() { BlockSize = 1 + number * 3, Seed = number, Audit = null };
        RobustnessResult whole = RobustnessEvaluation.Run(model, source, Threat, Suite, options);
        int stopped = 0;

        for (int bar = 0; bar <= 2 * Images; bar++)
        {
            double mustReach = (double)bar / (2 * Images);
            RacedEvaluation raced = RobustnessEvaluation.Race(model, source, Threat, Suite, mustReach, options);

            Assert.NotEqual(raced.Result is null, raced.Bound is null);
            if (whole.Robust.Value >= mustReach)
                Assert.True(raced.IsFinished, $"stopped at {raced}, though it is {whole.Robust} and had to reach {mustReach}");
            if (raced.Bound is not { } bound)
            {
                AssertSame(whole, raced.Result!);
                continue;
            }
            stopped++;
            Assert.InRange(bound.AtMost.Value, whole.Robust.Value, Math.BitDecrement(mustReach));
            Assert.Equal((mustReach, Images), (bound.MustReach, (int)bound.AtMost.Total));
            Assert.Equal(whole.Clean, bound.Clean);
            Assert.Equal(whole.Examples.Select(example => example.CleanPrediction == example.Label), bound.Right.ToArray());
            Assert.All(whole.Examples.Where(example => example.Robust), example => Assert.True(bound.Standing[(int)example.Index]));
            Assert.InRange(bound.Finished, 0, Images - 1);
        }
        Assert.True(stopped > 0);
    }

    [Fact]
    public void Race_BarThatIsTheAccuracy_Finishes()
    {
        (LinearModel model, TensorSource source) = Drawn(1);
        RobustnessResult whole = RobustnessEvaluation.Run(model, source, Threat, Suite);
        Assert.InRange(whole.Robust.Hits, 1, whole.Clean.Hits - 1);

        Assert.True(RobustnessEvaluation.Race(model, source, Threat, Suite, whole.Robust.Value).IsFinished);
        Assert.True(RobustnessEvaluation.Race(model, source, Threat, Suite, 0).IsFinished);
    }

    /// <summary>The higher the bar, the fewer images are attacked; above the clean accuracy, none is.</summary>
    [Fact]
    public void Race_HigherBars_AttackFewerImages()
    {
        (LinearModel model, TensorSource source) = Drawn(1);
        EvaluationOptions options = new() { BlockSize = 3, Audit = null };
        RobustnessResult whole = RobustnessEvaluation.Run(model, source, Threat, Suite, options);
        long last = whole.Attacks.Sum(attack => attack.CorrectBefore);

        for (long hits = whole.Robust.Hits + 1; hits <= whole.Clean.Hits + 1; hits++)
        {
            double bar = (double)hits / Images;
            RobustnessBound? bound = RobustnessEvaluation.Race(model, source, Threat, Suite, bar, options).Bound;
            Assert.NotNull(bound);
            long attacked = bound.Attacks.Sum(attack => attack.CorrectBefore);
            Assert.InRange(attacked, 0, last);
            // It stops at the first attack on a block that decides it: an image more would still have stood before.
            Assert.True(bound.AtMost.Hits < hits);
            last = attacked;
        }
        Assert.Equal(0, last);
    }

    [Fact]
    public void Race_FinishedOne_AsksTheModelNoMoreThanTheEvaluation()
    {
        (LinearModel model, TensorSource source) = Drawn(1);
        EvaluationOptions options = new() { BlockSize = 7, Audit = null };
        Counting alone = new(model), raced = new(model);

        RobustnessEvaluation.Run(alone, source, Threat, Suite, options);
        RobustnessEvaluation.Race(raced, source, Threat, Suite, 0.01, options);

        Assert.Equal(alone.Images, raced.Images);
    }

    /// <summary>Bars that fall and rise between processes: what was attacked once is not attacked again.</summary>
    [Fact]
    public void Race_JournalGoneOnWith_RepeatsNothingAndEndsInTheSameBoundOrResult()
    {
        (LinearModel model, TensorSource source) = Drawn(1);
        EvaluationOptions options = new() { BlockSize = 4, KeepAdversarialImages = true };
        RobustnessResult whole = RobustnessEvaluation.Run(model, source, Threat, Suite, options);
        EvaluationOptions journaled = options with { JournalFolder = _folder };
        long clean = whole.Clean.Hits, robust = whole.Robust.Hits;
        Assert.InRange(robust, 1, clean - 6);
        List<bool> resumed = [];

        foreach (long hits in (long[])[clean, robust + 3, clean - 1, robust + 1, robust + 2])
        {
            double bar = (double)hits / Images;
            RobustnessBound expected = RobustnessEvaluation.Race(model, source, Threat, Suite, bar, options).Bound!;
            List<EvaluationProgress> reports = [];
            RobustnessBound actual = RobustnessEvaluation.Race(model, source, Threat, Suite, bar, journaled, new Told(reports.Add)).Bound!;

            Assert.Equal(Timeless(expected), Timeless(actual));
            Assert.Equal(actual.AtMost, reports[^1].AtMost);
            // What was computed comes after all that was told by the journal.
            Assert.Equal(reports.Select(report => report.IsResumed).OrderDescending(), reports.Select(report => report.IsResumed));
            resumed.Add(reports[^1].IsResumed);
        }
        RobustnessResult last = RobustnessEvaluation.Race(model, source, Threat, Suite, whole.Robust.Value, journaled).Result!;

        // The bar that rose again is known to be missed without an attack.
        Assert.Equal([false, false, true, false, true], resumed);
        AssertSame(whole, last);
        Assert.True(whole.Adversarial!.Images.eq(last.Adversarial!.Images).all().item<bool>());
        whole.Adversarial.Dispose();
        last.Adversarial.Dispose();
    }

    [Fact]
    public void Race_CancelledAnywhere_EndsInTheSameBound()
    {
        (LinearModel model, TensorSource source) = Drawn(1);
        EvaluationOptions options = new() { BlockSize = 2, Audit = null };
        double bar = RobustnessEvaluation.Run(model, source, Threat, Suite, options).Robust.Value + 1.0 / Images;
        RobustnessBound expected = RobustnessEvaluation.Race(model, source, Threat, Suite, bar, options).Bound!;
        RobustnessBound? actual = null;
        int stops = 0;

        while (actual is null)
        {
            using CancellationTokenSource stop = new();
            int toGo = stops + 1;
            try
            {
                actual = RobustnessEvaluation.Race(model, source, Threat, Suite, bar, options with { JournalFolder = _folder },
                    new Told(_ => Stop(--toGo == 0, stop)), stop.Token).Bound;
            }
            catch (OperationCanceledException)
            {
                stops++;
            }
        }

        Assert.InRange(stops, 5, 30);
        Assert.Equal(Timeless(expected), Timeless(actual));
    }

    /// <summary>Neither a stop nor a result leaves tensors, and the network is in the mode and has the flags that it had.</summary>
    [Fact]
    public void Race_StoppedOrFinished_LeavesNoTensorsAndTheModelAsItWas()
    {
        using Classifier network = WideResNetSpec.Of(stem: 4, depths: [1], widths: [4]).Build(seed: 1);
        using DatasetSplits data = new SyntheticImages().Make(train: 10, holdOut: 10, test: 24, seed: 1);
        network.train();
        foreach (TorchSharp.Modules.Parameter parameter in network.parameters().Take(1))
            parameter.requires_grad = false;
        EvaluationOptions options = new() { BlockSize = 5, KeepAdversarialImages = true, Audit = null };
        Dictionary<string, byte[]> before = network.state_dict()
            .ToDictionary(pair => pair.Key, pair => pair.Value.detach().bytes.ToArray());
        bool[] flags = [.. network.parameters().Select(parameter => parameter.requires_grad)];
        double clean = Race(0).Clean!.Value;
        long baseline = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        foreach (double bar in (double[])[0, clean / 2, clean, 1])
        {
            Race(bar);
            Assert.Equal(baseline, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.True(network.training);
        Assert.Equal(flags, network.parameters().Select(parameter => parameter.requires_grad));
        Assert.All(network.state_dict(), pair => Assert.Equal(before[pair.Key], pair.Value.detach().bytes.ToArray()));

        (double? Clean, bool IsFinished) Race(double bar)
        {
            using DisposeScope scope = NewDisposeScope();
            RacedEvaluation raced = RobustnessEvaluation.Race(network, data.Test.Open(), Threat, Suite, bar, options);
            raced.Result?.Adversarial?.Dispose();
            return (raced.Result?.Clean.Value, raced.IsFinished);
        }
    }

    [Theory]
    [InlineData(43)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void Race_BarThatIsNoShare_IsRefused(double bar)
    {
        (LinearModel model, TensorSource source) = Drawn(1);

        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() =>
            RobustnessEvaluation.Race(model, source, Threat, Suite, bar));

        Assert.StartsWith("MustReach: must be a share in [0, 1], got ", Assert.Single(refused.Problems).ToString());
    }

    [Fact]
    public void Bound_InTextsAndFiles_IsNeverAnAccuracy()
    {
        (LinearModel model, TensorSource source) = Drawn(1);
        EvaluationOptions options = new() { BlockSize = 3, Audit = null };
        RobustnessResult whole = RobustnessEvaluation.Run(model, source, Threat, Suite, options);
        RacedEvaluation raced = RobustnessEvaluation.Race(model, source, Threat, Suite, whole.Robust.Value + 0.02, options);

        string json = raced.Bound!.ToJson();

        Proportion bound = raced.Bound.AtMost;
        Assert.StartsWith($"robust at most {100 * bound.Value:0.0} % ({bound.Hits} of {Images}), below the ", raced.ToString());
        Assert.Equal(raced.Bound, RobustnessBound.FromJson(json));
        Assert.DoesNotContain("robust", JsonNode.Parse(json)!.AsObject().Select(property => property.Key));
        string newer = json.Replace("\"version\": 1", "\"version\": 9", StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => RobustnessBound.FromJson(newer));
        Assert.Throws<InvalidDataException>(() => RobustnessBound.FromJson("{}"));
    }

    /// <summary>An evaluator that knows nothing of races finishes them.</summary>
    [Fact]
    public void Race_EvaluatorOfSomebodyElse_Finishes()
    {
        (LinearModel model, TensorSource source) = Drawn(1);
        IRobustnessEvaluator evaluator = new Unraced();

        Assert.True(evaluator.Race(model, source, Threat, Suite, mustReach: 1).IsFinished);
        Assert.False(((IRobustnessEvaluator)new RobustnessEvaluator()).Race(model, source, Threat, Suite, mustReach: 1).IsFinished);
    }

    // Three classes; a fifth of the labels is another one than the model's answer.
    private static (LinearModel, TensorSource) Drawn(int number)
    {
        RandomStream stream = RandomStream.From(1_000 + number);
        long[] ids = [.. Enumerable.Range(0, Images).Select(i => (long)i)];
        Tensor images = stream.For("images").Uniform(ids, [1, Side, Side]);
        Tensor weights = stream.For("weights").Uniform([0, 1, 2], [Pixels]).Minus(0.5);
        LinearModel model = new(weights, zeros(3));
        Tensor labels = model.call(images).argmax(1);
        Tensor other = labels.Plus(1).to(ScalarType.Int64).Modulo(3);
        Tensor wrong = stream.For("labels").Uniform(ids, [1]).squeeze(1).IsBelow(0.2);
        return (model, new TensorSource(images, where(wrong, other, labels)));
    }

    private static void Stop(bool now, CancellationTokenSource stop)
    {
        if (now)
            stop.Cancel();
    }

    private static void AssertSame(RobustnessResult expected, RobustnessResult actual)
    {
        Assert.Equal(expected.Examples, actual.Examples);
        Assert.Equal(Timeless(expected), Timeless(actual));
    }

    private static RobustnessResult Timeless(RobustnessResult result) =>
        result with { Adversarial = null, Attacks = Timeless(result.Attacks) };

    private static RobustnessBound Timeless(RobustnessBound bound) => bound with { Attacks = Timeless(bound.Attacks) };

    private static ValueList<AttackTally> Timeless(ValueList<AttackTally> attacks) =>
        attacks.Select(attack => attack with { Duration = default }).ToValueList();

    private sealed class Told(Action<EvaluationProgress> told) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => told(value);
    }

    private sealed class Unraced : IRobustnessEvaluator
    {
        public RobustnessResult Run(
            nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite,
            EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null,
            CancellationToken cancellationToken = default) =>
            RobustnessEvaluation.Run(model, images, threat, suite, options, progress, cancellationToken);
    }
}
