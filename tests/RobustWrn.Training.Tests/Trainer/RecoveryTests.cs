using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

public class RecoveryTests
{
    // Sane in the first epoch of three, absurd from then on, and sane again once it is lowered.
    private static readonly TrainingRecipe Absurd = Small.Recipe with
    {
        GradientNormClip = null,
        Schedule = new LeapingRate(),
        Recovery = new DivergenceRecovery { Factor = 1e-30 },
        Average = new WeightAverage(),
    };

    [Fact]
    public void Fit_AbsurdRate_BeginsTheEpochAnewAtALowerOne()
    {
        using Classifier actual = Small.Network.Build(1), expected = Small.Network.Build(1);
        Lines log = new();

        TrainingResult result = Small.Fit(actual, new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }, Absurd, options: new TrainingOptions { Logger = log });
        TrainingResult sane = Small.Fit(expected, new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }, Absurd with { Schedule = new LeapingRate { Scale = 1e30 * 1e-30 } });

        Assert.Equal((1, 0), (result.Setbacks, sane.Setbacks));
        Assert.Equal(0.05, result.Last.LearningRate, 1e-12);
        Assert.Equal(3, result.Epochs.Count);
        Assert.Equal(sane.Epochs.Select(epoch => epoch.Loss), result.Epochs.Select(epoch => epoch.Loss), (left, right) => Math.Abs(left - right) < 1e-6);
        Assert.Contains(log.Entries, line => line.StartsWith("Warning: loss and gradients must be finite", StringComparison.Ordinal) && line.Contains("Setback 1 of 3: epoch 2 begins anew at 1e-30 of the learning rate", StringComparison.Ordinal));
    }

    [Fact]
    public void Fit_DivergesEachTime_StopsAfterItsRetries()
    {
        using Classifier classifier = Small.Network.Build(1);
        TrainingRecipe recipe = Absurd with { Recovery = new DivergenceRecovery { Retries = 2, Factor = 0.5 } };

        TrainingDivergedException diverged = Assert.Throws<TrainingDivergedException>(() => Small.Fit(classifier, new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }, recipe));

        Assert.Equal(2, diverged.Epoch);
        Assert.Equal(0.05 * 1e30 * 0.25, diverged.LearningRate, 1e13);
    }

    /// <summary>An epoch has 4 steps, each written down, and the second diverges in its second step: wherever the run is stopped, it goes back as it would have.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(20)]
    public void Fit_StoppedAroundASetback_EndsAsIfItHadNotBeen(int stoppedAt)
    {
        using ScratchFolder folder = new();
        using Classifier expected = Small.Network.Build(1), stopped = Small.Network.Build(1), actual = Small.Network.Build(1);
        TrainingOptions options = new() { CheckpointFolder = folder.Path, CheckpointEverySteps = 1 };
        TrainingResult uninterrupted = Small.Fit(expected, new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }, Absurd);
        int reads = 0;
        TrainingSplits stopping = Bars.Splits(onRead: _ =>
        {
            if (++reads == stoppedAt)
                throw new NotSupportedException("stop");
        });

        Assert.Throws<NotSupportedException>(() => Small.Fit(stopped, new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }, Absurd, stopping, options: options));
        TrainingResult resumed = Small.Fit(actual, new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }, Absurd, options: options);

        Assert.Equal(1, resumed.Setbacks);
        Assert.Equal(Small.Timeless(uninterrupted), Small.Timeless(resumed));
        Small.AssertSameWeights(expected, actual);
    }

    [Fact]
    public void Problems_OutOfRange_NameTheirParts() =>
        Assert.Equal(["Recovery.Retries", "Recovery.Factor"], (Small.Recipe with { Recovery = new DivergenceRecovery { Retries = 0, Factor = 1 } }).Problems().Select(problem => problem.Subject));
}
