using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>What an evaluation says about the time it takes, by a clock that stands unless an attack moves it.</summary>
public sealed class EvaluationProgressTests : IDisposable
{
    private const int Images = 20, Block = 4;
    private static readonly LinfThreat Threat = ThreatModel.Linf(1);

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly ManualTime _clock = new();
    private readonly LinearModel _model = new(stack([zeros(4), ones(4)]), tensor(new[] { 0f, -3f }));
    private readonly TensorSource _source = new(zeros(Images, 1, 2, 2).Plus(0.25), zeros(Images, ScalarType.Int64));
    private readonly string _folder = TestFolder.Make();

    public EvaluationProgressTests() => Slow.Clock = _clock;

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Two of four images fall to the first attack in every block, so that the first block tells all: 20 x 2 s + 10 x 5 s.</summary>
    [Fact]
    public void Report_AttacksThatTakeWhatTheyTook_TellsTheRestExactly()
    {
        List<EvaluationProgress> reports = Reports(AttackSuite.Of("slow", new Slow { Seconds = 2, Every = 2 }, new Slow { Seconds = 5 }));

        Assert.Equal(10, reports.Count);
        Assert.All(reports, report => Assert.Equal(90, (report.Elapsed + report.Remaining).TotalSeconds, 1e-4));
        Assert.Equal([8, 18, 26, 36, 44, 54, 62, 72, 80, 90], reports.Select(report => report.Elapsed.TotalSeconds));
        Assert.Equal(TimeSpan.Zero, reports[^1].Remaining);
        Assert.Equal([1, 2, 1, 2, 1, 2, 1, 2, 1, 2], reports.Select(report => report.AttackNumber));
        Assert.All(reports, report => Assert.Equal((2, 1.0), (report.AttackCount, report.Epsilon)));
    }

    /// <summary>The first block of an attack that is ten times as fast as its gradients promise corrects the estimate.</summary>
    [Fact]
    public void Report_AttackThatStopsEarly_IsLearnt()
    {
        List<EvaluationProgress> reports = Reports(AttackSuite.Of("slow", new Slow { Seconds = 2 }, new Slow { Seconds = 3, Promised = 30 }));

        Assert.Equal(16 * 2 + 20 * 30, reports[0].Remaining.TotalSeconds, 1e-4);
        Assert.Equal(16 * (2 + 3), reports[1].Remaining.TotalSeconds, 1e-4);
    }

    [Fact]
    public void Report_AttackThatLeavesNothing_CountsNoTimeForTheNext()
    {
        List<EvaluationProgress> reports = Reports(AttackSuite.Of("slow", new Slow { Seconds = 2, Every = 1 }, new Slow { Seconds = 5 }));

        Assert.Equal([32, 32, 24, 24, 16, 16, 8, 8, 0, 0], reports.Select(report => report.Remaining.TotalSeconds));
    }

    [Fact]
    public void Report_AfterAResume_LearnsFromTheJournalWithoutCountingItsTime()
    {
        AttackSuite suite = AttackSuite.Of("slow", new Slow { Seconds = 2, Every = 2 }, new Slow { Seconds = 5 });
        using CancellationTokenSource stop = new();
        List<EvaluationProgress> before = [], after = [];
        Assert.Throws<OperationCanceledException>(() => Run(suite, report =>
        {
            before.Add(report);
            if (before.Count == 4)
                stop.Cancel();
        }, stop.Token));

        RobustnessResult resumed = Run(suite, after.Add, CancellationToken.None);

        Assert.All(after.Take(4), report => Assert.Equal(TimeSpan.Zero, report.Elapsed));
        Assert.Equal(before.Select(report => report.Remaining), after.Take(4).Select(report => report.Remaining));
        Assert.All(after.Skip(4), report => Assert.Equal(90 - 36, (report.Elapsed + report.Remaining).TotalSeconds, 1e-4));
        Assert.Equal([40.0, 50.0], resumed.Attacks.Select(tally => tally.Duration.TotalSeconds));
    }

    private List<EvaluationProgress> Reports(AttackSuite suite)
    {
        List<EvaluationProgress> reports = [];
        RobustnessEvaluation.Run(_model, _source, Threat, suite, new EvaluationOptions { BlockSize = Block, Clock = _clock }, new Told(reports.Add));
        return reports;
    }

    private RobustnessResult Run(AttackSuite suite, Action<EvaluationProgress> told, CancellationToken cancellationToken) =>
        RobustnessEvaluation.Run(_model, _source, Threat, suite, new EvaluationOptions { BlockSize = Block, Clock = _clock, JournalFolder = _folder }, new Told(told), cancellationToken);

    /// <summary>Takes its time for each image and breaks those whose number is a multiple of <see cref="Every"/>.</summary>
    internal sealed record Slow : IAttack
    {
        public const string TypeName = "test-slow";

        public static ManualTime? Clock { get; set; }

        public int Seconds { get; init; }

        public int? Promised { get; init; }

        public int? Every { get; init; }

        public string Name => $"slow {Seconds}";

        public long MaxGradients => Promised ?? Seconds;

        public IAttack WithEffort(double share) => this;

        public Tensor Perturb(AttackContext context, CancellationToken cancellationToken)
        {
            Clock!.Advance(TimeSpan.FromSeconds(Seconds * context.Examples.Count));
            Tensor moved = context.Images.clone();
            for (int i = 0; i < context.Examples.Count; i++)
            {
                if (Every is { } every && context.Examples[i] % every == 0)
                    moved[i].FillInPlace(1);
            }
            return moved;
        }

        public IEnumerable<Problem> Problems() => [];
    }

    private sealed class Told(Action<EvaluationProgress> action) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => action(value);
    }
}
