using RobustWrn.Core;

namespace RobustWrn.Attacks.Tests;

/// <summary>Progress says which steps were not computed but taken from the journal of an earlier run.</summary>
public class ResumedEvaluationTests
{
    [Fact]
    public void Run_StoppedAndBegunAgain_SaysResumedOfWhatTheJournalTold()
    {
        string folder = TestFolder.Make();
        using Classifier network = WideResNetSpec.Of(stem: 4, depths: [1], widths: [4]).Build(seed: 1);
        using DatasetSplits data = new SyntheticImages().Make(train: 10, holdOut: 10, test: 60, seed: 1);
        AttackSuite suite = AttackSuite.Of("two", new Fgsm(), new Pgd { Steps = 2 });
        EvaluationOptions options = new() { JournalFolder = folder, BlockSize = 20, Audit = null };
        try
        {
            using CancellationTokenSource stop = new();
            Told first = new(count => { if (count == 3) stop.Cancel(); }), second = new(_ => { });
            Assert.Throws<OperationCanceledException>(() =>
                RobustnessEvaluation.Run(network, data.Test.Open(), ThreatModel.Linf(8, outOf: 255), suite, options, first, stop.Token));
            RobustnessEvaluation.Run(network, data.Test.Open(), ThreatModel.Linf(8, outOf: 255), suite, options, second);

            Assert.All(first.Reports, report => Assert.False(report.IsResumed));
            Assert.Equal([true, true, true, false, false, false], second.Reports.Select(report => report.IsResumed));
            Assert.EndsWith(", resumed", second.Reports[0].ToString());
            Assert.DoesNotContain("resumed", second.Reports[^1].ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Told(Action<int> told) : IProgress<EvaluationProgress>
    {
        public List<EvaluationProgress> Reports { get; } = [];

        public void Report(EvaluationProgress value)
        {
            Reports.Add(value);
            told(Reports.Count);
        }
    }
}
