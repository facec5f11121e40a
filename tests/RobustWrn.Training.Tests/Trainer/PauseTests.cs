using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>A training that pauses after an epoch and goes on in another call ends in the bits of one that never paused.</summary>
public class PauseTests
{
    private static readonly Madry Objective = new() { InnerAttack = Madry.DefaultAttack with { Steps = 1 } };

    private static readonly OrderedDictionary<string, TrainingRecipe> Recipes = new()
    {
        ["plain"] = Small.Recipe with { Epochs = 4 },
        ["average"] = Small.Recipe with
        {
            Epochs = 4,
            Average = new WeightAverage { WarmUp = 0.5 },
            Optimizer = new AdamW(),
            LearningRate = 0.005,
            Schedule = new OneCycleRate(),
            Augmentations = [new RandomCrop { Padding = 1 }],
        },
        // A rate this small changes no verdict: it ends after the third of its epochs.
        ["early stopping"] = Small.Recipe with
        {
            Epochs = 6,
            Schedule = new LeapingRate { From = 0, Scale = 1e-300 },
            EarlyStopping = new EarlyStopping { Patience = 2 },
        },
        // The second epoch diverges and begins anew at a lower rate.
        ["setback"] = Small.Recipe with
        {
            GradientNormClip = null,
            Schedule = new LeapingRate(),
            Recovery = new DivergenceRecovery { Factor = 1e-30 },
            Average = new WeightAverage(),
        },
        ["extra"] = Small.Recipe with { Epochs = 3, ExtraShare = 0.5, Perturbation = new AdversarialWeightPerturbation() },
    };

    public static TheoryData<string, int[]> Pauses()
    {
        TheoryData<string, int[]> data = [];
        foreach (string recipe in Recipes.Keys)
        {
            for (int epoch = 1; epoch <= 3; epoch++)
                data.Add(recipe, [epoch]);
            data.Add(recipe, [1, 2, 3]);
            data.Add(recipe, [2, 1, 2, 3]); // a pause that lies behind is no step back
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Pauses))]
    public void Fit_PausedAndGoneOn_EndsInTheSameBits(string recipe, int[] pauses)
    {
        using ScratchFolder whole = new(), broken = new();
        using Classifier expected = Small.Network.Build(1), actual = Small.Network.Build(1);
        TrainingResult uninterrupted = Fit(expected, recipe, whole);
        int done = 0;

        foreach (int pause in pauses)
        {
            using Classifier paused = Small.Network.Build(1);
            TrainingResult part = Fit(paused, recipe, broken, pause);

            int reached = Math.Min(Math.Max(done, pause), uninterrupted.Epochs.Count);
            Assert.Equal((done, reached, reached < uninterrupted.Epochs.Count), (part.Resumed, part.Epochs.Count, part.IsPaused));
            Assert.Equal(Small.Timeless(uninterrupted).Take(reached), Small.Timeless(part));
            Assert.NotNull(part.Last.Verdicts);
            Assert.Equal(uninterrupted.StoppedEarly && !part.IsPaused, part.StoppedEarly);
            Assert.Equal(reached, CheckpointDescription.Read(part.Checkpoint!).Epochs.Count);
            AssertSelectedAreHeld(paused, part);
            done = reached;
        }
        TrainingResult result = Fit(actual, recipe, broken);

        Assert.False(result.IsPaused);
        Assert.Equal((uninterrupted.StoppedEarly, uninterrupted.Setbacks), (result.StoppedEarly, result.Setbacks));
        ResumeEverywhereTests.AssertSameEnd(uninterrupted, expected, result, actual);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public void Fit_PauseAtOrBehindTheEnd_IsTheWholeTraining(int pause)
    {
        using ScratchFolder folder = new();
        using Classifier expected = Small.Network.Build(1), actual = Small.Network.Build(1);
        TrainingResult whole = Small.Fit(expected);

        TrainingResult result = Small.Fit(actual, options: new TrainingOptions { CheckpointFolder = folder.Path, PauseAfter = pause });

        Assert.False(result.IsPaused);
        Assert.Equal(Small.Timeless(whole), Small.Timeless(result));
        Small.AssertSameWeights(expected, actual);
    }

    /// <summary>A pause is not of what the run is: what cancelled it, or how often it wrote, may be another each time.</summary>
    [Fact]
    public void Fit_CancelledBetweenTwoPauses_EndsInTheSameBits()
    {
        using ScratchFolder whole = new(), broken = new();
        using Classifier expected = Small.Network.Build(1), first = Small.Network.Build(1), second = Small.Network.Build(1),
            third = Small.Network.Build(1), last = Small.Network.Build(1);
        using CancellationTokenSource stop = new();
        TrainingOptions options = new() { CheckpointFolder = broken.Path, KeptCheckpoints = 1, ProgressInterval = TimeSpan.Zero };
        TrainingResult uninterrupted = Fit(expected, "average", whole);
        Told stopping = new(report =>
        {
            if (report is { Epoch: 3, Step: 2 })
                stop.Cancel();
        });

        Small.Fit(first, Objective, Recipes["average"], options: options with { PauseAfter = 1 });
        Assert.Throws<OperationCanceledException>(() =>
            Small.Fit(second, Objective, Recipes["average"], options: options with { PauseAfter = 3 }, progress: stopping, token: stop.Token));
        // Two epochs are done, and two steps of the third: a pause after the second is at once, and loses none of them.
        TrainingResult paused = Small.Fit(third, Objective, Recipes["average"], options: options with { PauseAfter = 2 });
        bool kept = File.Exists(paused.Checkpoint);
        TrainingResult result = Small.Fit(last, Objective, Recipes["average"], options: options);

        Assert.Equal((true, true, 2), (paused.IsPaused, kept, result.Resumed));
        ResumeEverywhereTests.AssertSameEnd(uninterrupted, expected, result, last);
    }

    [Fact]
    public void Fit_ContinuedTrainingThatPausesAtOnce_LeavesACheckpointToGoOnFrom()
    {
        using ScratchFolder first = new(), second = new(), longer = new();
        TrainingRecipe recipe = Small.Recipe with { Epochs = 2, Schedule = new ConstantRate() };
        using Classifier begun = Small.Network.Build(1), paused = Small.Network.Build(1), actual = Small.Network.Build(1), expected = Small.Network.Build(1);
        TrainingResult half = Small.Fit(begun, recipe: recipe, options: new TrainingOptions { CheckpointFolder = first.Path });
        TrainingResult whole = Small.Fit(expected, recipe: recipe with { Epochs = 4 }, options: new TrainingOptions { CheckpointFolder = longer.Path });
        TrainingOptions options = new() { CheckpointFolder = second.Path, Continues = half.Checkpoint };

        TrainingResult part = Small.Fit(paused, recipe: recipe with { Epochs = 4 }, options: options with { PauseAfter = 1 });
        bool kept = File.Exists(part.Checkpoint);
        TrainingResult result = Small.Fit(actual, recipe: recipe with { Epochs = 4 }, options: options);

        Assert.Equal((true, 2, true), (part.IsPaused, part.Epochs.Count, kept));
        Assert.StartsWith(second.Path, part.Checkpoint, StringComparison.Ordinal);
        ResumeEverywhereTests.AssertSameEnd(whole, expected, result, actual);
    }

    /// <summary>Each call tells of the epochs it trained itself, once and in order.</summary>
    [Fact]
    public void Fit_Paused_ReportsEachFinishedEpochOnce()
    {
        using ScratchFolder folder = new();
        List<EpochMetrics>[] told = [[], [], []];
        int?[] pauses = [1, 3, null];
        TrainingResult? result = null;

        for (int i = 0; i < pauses.Length; i++)
        {
            using Classifier classifier = Small.Network.Build(1);
            List<EpochMetrics> mine = told[i];
            result = Small.Fit(classifier, Objective, Recipes["plain"],
                options: new TrainingOptions { CheckpointFolder = folder.Path, PauseAfter = pauses[i], ProgressInterval = TimeSpan.Zero },
                progress: new Told(report =>
                {
                    if (report.Finished is { } epoch)
                        mine.Add(epoch);
                }));
        }

        Assert.Equal([1, 2, 1], told.Select(epochs => epochs.Count));
        Assert.Equal(result!.Epochs, told.SelectMany(epochs => epochs));
        Assert.All(told.SelectMany(epochs => epochs), epoch => Assert.Equal(20, epoch.Verdicts!.Right.Share.Total));
    }

    [Fact]
    public void Fit_PauseWithoutAFolderOrBelowOne_IsRefused()
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Small.Network.Build(1);

        InvalidDescriptionException lost = Assert.Throws<InvalidDescriptionException>(() =>
            Small.Fit(classifier, options: new TrainingOptions { PauseAfter = 2 }));
        InvalidDescriptionException none = Assert.Throws<InvalidDescriptionException>(() =>
            Small.Fit(classifier, options: new TrainingOptions { PauseAfter = 0, CheckpointFolder = folder.Path }));

        Assert.Equal("PauseAfter: must stand beside a CheckpointFolder in which the training goes on later, got 2 without one. "
            + "Name a folder, or leave the pause out.", Assert.Single(lost.Problems).ToString());
        Assert.Equal("PauseAfter", Assert.Single(none.Problems).Subject);
    }

    [Fact]
    public void ToString_Paused_SaysSo()
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Small.Network.Build(1);
        Lines log = new();

        TrainingResult result = Small.Fit(classifier, options: new TrainingOptions { CheckpointFolder = folder.Path, PauseAfter = 2, Logger = log });

        Assert.EndsWith("; paused", result.ToString(), StringComparison.Ordinal);
        Assert.Contains(log.Entries, line => line.Contains("Paused after epoch 2 of 3: robust ", StringComparison.Ordinal));
    }

    private static TrainingResult Fit(Classifier classifier, string recipe, ScratchFolder folder, int? pause = null)
    {
        TrainingSplits data = recipe == "extra" ? Bars.Splits() with { Extra = new Bars(30, 3) } : Bars.Splits();
        return Small.Fit(classifier, Objective, Recipes[recipe], data, options: new TrainingOptions { CheckpointFolder = folder.Path, PauseAfter = pause });
    }

    private static void AssertSelectedAreHeld(Classifier classifier, TrainingResult result)
    {
        using Classifier selected = Small.Network.Build(2);
        CheckpointWeights.Load(selected, result.Checkpoint!, result.Selected.Which);
        Small.AssertSameWeights(selected, classifier);
        Assert.False(classifier.training);
    }
}
