using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

public class EarlyStoppingTests
{
    [Theory]
    [InlineData(new[] { 5, 6, 6 }, 2, 1, false)] // equal is not better: one epoch since the best
    [InlineData(new[] { 5, 6, 6, 5 }, 2, 1, true)]
    [InlineData(new[] { 5, 6, 6, 7 }, 2, 1, false)]
    [InlineData(new[] { 6, 5, 5 }, 2, 4, false)] // not before the fourth
    [InlineData(new[] { 6, 5, 5, 5 }, 2, 4, true)]
    [InlineData(new int[0], 1, 1, false)]
    public void Ends_RobustHits_AfterPatience(int[] robust, int patience, int notBefore, bool ends) =>
        Assert.Equal(ends, new EarlyStopping { Patience = patience, NotBefore = notBefore }.Ends([.. robust.Select((hits, i) => Metrics(i, hits, null))]));

    [Fact]
    public void Ends_AverageStillGrows_GoesOn()
    {
        EarlyStopping rule = new() { Patience = 2 };

        Assert.False(rule.Ends([Metrics(0, 6, 3), Metrics(1, 5, 4), Metrics(2, 5, 5)]));
        Assert.True(rule.Ends([Metrics(0, 6, 6), Metrics(1, 5, 5), Metrics(2, 5, 5)]));
    }

    [Fact]
    public void Fit_NoProgress_EndsEarlyAndReadsNothingAgain()
    {
        using ScratchFolder folder = new();
        using Classifier first = Small.Network.Build(1), second = Small.Network.Build(1);
        // A rate this small changes no verdict.
        TrainingRecipe recipe = Small.Recipe with { Epochs = 9, Schedule = new LeapingRate { From = 0, Scale = 1e-300 }, EarlyStopping = new EarlyStopping { Patience = 2 } };
        TrainingOptions options = new() { CheckpointFolder = folder.Path };
        Lines log = new();

        TrainingResult result = Small.Fit(first, recipe: recipe, options: options with { Logger = log });
        TrainingResult again = Small.Fit(second, recipe: recipe, data: Bars.Splits(onRead: _ => throw new NotSupportedException()), options: options);

        Assert.True(result.StoppedEarly);
        Assert.InRange(result.Epochs.Count, 3, 8);
        Assert.Equal(result.Epochs.Count - 2, result.Best.Epoch);
        Assert.Equal(result.Epochs, again.Epochs);
        Assert.True(again.StoppedEarly);
        Assert.Contains(log.Entries, line => line.Contains($"Ended after epoch {result.Epochs.Count} of 9", StringComparison.Ordinal));
    }

    private static EpochMetrics Metrics(int epoch, int robust, int? average) => new()
    {
        Epoch = epoch + 1,
        Loss = 1,
        LearningRate = 1,
        GradientNorm = 1,
        Clean = new(9, 10),
        Robust = new(robust, 10),
        Average = average is { } hits ? new AverageMetrics(new(9, 10), new(hits, 10)) : null,
    };
}
