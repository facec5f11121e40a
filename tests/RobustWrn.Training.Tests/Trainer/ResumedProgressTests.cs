using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>Progress says that a run went on from a checkpoint, and from how far.</summary>
public class ResumedProgressTests
{
    [Fact]
    public void Fit_StoppedAndBegunAgain_SaysResumedAndFromWhere()
    {
        using ScratchFolder folder = new();
        using Classifier stopped = Small.Network.Build(1), resumed = Small.Network.Build(1);
        TrainingOptions options = new() { CheckpointFolder = folder.Path, ProgressInterval = TimeSpan.Zero };
        using CancellationTokenSource stop = new();
        List<TrainingProgress> before = [], after = [];
        Told first = new(report =>
        {
            before.Add(report);
            if (report is { Epoch: 2, Step: 2 })
                stop.Cancel();
        });

        Assert.Throws<OperationCanceledException>(() => Small.Fit(stopped, options: options, progress: first, token: stop.Token));
        TrainingResult result = Small.Fit(resumed, options: options, progress: new Told(after.Add));

        Assert.All(before, report => Assert.False(report.IsResumed));
        Assert.All(after, report => Assert.Equal(6, report.ResumedSteps)); // an epoch of 4 steps, and 2
        Assert.EndsWith(", resumed", after[0].ToString());
        Assert.Contains("(1 of them resumed)", result.ToString());
    }
}
