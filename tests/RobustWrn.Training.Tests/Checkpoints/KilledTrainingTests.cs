using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>
/// A real process, really killed, for each objective and every pair of the other choices; <see cref="ResumeEverywhereTests"/> stops all
/// combinations within one process.
/// </summary>
[Trait("Category", "Slow")]
public class KilledTrainingTests
{
    [Theory]
    [InlineData("natural", true, true, true, 7)]
    [InlineData("madry", true, false, false, 5)]
    [InlineData("trades", false, true, false, 2)]
    [InlineData("mart", false, false, true, 6)]
    [InlineData("fast-adversarial", true, false, true, 3)]
    public void Fit_AfterAKill_EndsInTheSameBits(string objective, bool average, bool perturbation, bool parts, int killedBefore)
    {
        Combination combination = new(objective, average, perturbation, parts);
        using ScratchFolder whole = new(), broken = new();
        using Classifier expected = Combination.Build(), actual = Combination.Build();
        TrainingResult uninterrupted = combination.Fit(expected, whole.Path, null);

        using (TrainingProcess process = TrainingProcess.Start(broken.Path, combination))
            process.KillBeforeReading(killedBefore);
        int reads = 0;
        TrainingResult resumed = combination.Fit(actual, broken.Path, 1, _ => reads++);

        Assert.True(reads < combination.Reads, "the killed process had left no checkpoint");
        ResumeEverywhereTests.AssertSameEnd(uninterrupted, expected, resumed, actual);
    }

    [Fact]
    public void Fit_DiskThatIsFull_StopsAndLeavesTheCheckpointBefore()
    {
        if (OperatingSystem.IsWindows())
            return; // no limit on a process's files there
        Combination combination = new("madry", true, false, false);
        using ScratchFolder whole = new(), broken = new();
        using Classifier expected = Combination.Build(), actual = Combination.Build();
        TrainingResult uninterrupted = combination.Fit(expected, whole.Path, null);
        using (TrainingProcess process = TrainingProcess.Start(broken.Path, combination))
            process.KillBeforeReading(6);
        string[] before = broken.Files;

        string said;
        using (TrainingProcess process = TrainingProcess.StartOnAFullDisk(broken.Path, combination, kibibytes: 4))
            said = process.RunToTheEnd();
        string[] after = broken.Files;
        TrainingResult resumed = combination.Fit(actual, broken.Path, 1);

        Assert.Contains("checkpoint-0001.safetensors", before);
        Assert.Matches("^a training must be able to write its checkpoints and metrics, but .* could not be written: .* The checkpoint of epoch .* is kept: .* Make room or grant access, and run again", said);
        Assert.Equal(before, after);
        ResumeEverywhereTests.AssertSameEnd(uninterrupted, expected, resumed, actual);
    }

    /// <summary>Killed while it writes, renames or removes, as the moment has it: whatever is left, the run goes on from there.</summary>
    [Fact]
    public void Fit_AfterKillsAtAnyMoment_EndsInTheSameBits()
    {
        Combination combination = new("trades", true, true, true);
        using ScratchFolder whole = new(), broken = new();
        using Classifier expected = Combination.Build(), actual = Combination.Build();
        TrainingResult uninterrupted = combination.Fit(expected, whole.Path, null);
        RandomSequence moments = RandomStream.From(2026).For("kill").Sequence();
        for (int kill = 0; kill < 3; kill++)
        {
            using TrainingProcess process = TrainingProcess.Start(broken.Path, combination);
            process.KillAfterWriting(broken, TimeSpan.FromMilliseconds(40 * moments.NextDouble()));
        }
        int reads = 0;

        TrainingResult resumed = combination.Fit(actual, broken.Path, 1, _ => reads++);

        Assert.True(reads < combination.Reads, "the killed processes had left no checkpoint");
        ResumeEverywhereTests.AssertSameEnd(uninterrupted, expected, resumed, actual);
    }
}
