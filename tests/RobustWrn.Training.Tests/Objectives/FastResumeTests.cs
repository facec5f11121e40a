using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>A training whose guard falls back in some batches and not in others ends in the same bits, wherever it was stopped.</summary>
public class FastResumeTests
{
    private static readonly ThreatModel Wide = ThreatModel.Linf(0.15);

    // A step so short that what the guard finds in the wide ball is often, but not always, too much.
    private static readonly FastAdversarial Objective = new() { InnerAttack = new Pgd { Steps = 1, StepSize = 1e-6, Start = new CleanStart() } };

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(16)]
    public void Fit_StoppedAnywhere_EndsAsIfItHadNotBeen(int stoppedAt)
    {
        using ScratchFolder folder = new();
        using Classifier expected = Small.Network.Build(1), stopped = Small.Network.Build(1), actual = Small.Network.Build(1);
        TrainingResult uninterrupted = Fit(expected, null);
        int reads = 0;

        Assert.Throws<IOException>(() => Fit(stopped, folder, Bars.Splits(onRead: _ =>
        {
            if (++reads == stoppedAt)
                throw new IOException("the plug");
        })));
        TrainingResult resumed = Fit(actual, folder);

        Assert.Equal((stoppedAt - 1) / Small.ReadsPerEpoch, resumed.Resumed);
        Assert.InRange(uninterrupted.Epochs.Average(epoch => epoch.Parts.Single(part => part.Name == "fallback").Mean), 0.1, 0.9);
        Small.AssertSameWeights(expected, actual);
        Assert.Equal(Small.Timeless(uninterrupted), Small.Timeless(resumed));
    }

    private static TrainingResult Fit(Classifier classifier, ScratchFolder? folder, TrainingSplits? data = null) =>
        new RobustTrainer(Objective, Small.Recipe).Fit(classifier, data ?? Bars.Splits(), Wide, 7, new TrainingOptions { CheckpointFolder = folder?.Path });
}
