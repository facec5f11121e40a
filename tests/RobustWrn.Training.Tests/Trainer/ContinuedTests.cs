using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>A finished run goes on for more epochs.</summary>
public class ContinuedTests
{
    // With a rate that does not know the last epoch, four epochs are two and two more.
    private static readonly TrainingRecipe Recipe = Small.Recipe with
    {
        Epochs = 2,
        Schedule = new ConstantRate(),
        Average = new WeightAverage { WarmUp = 0 },
        Optimizer = new AdamW(),
        LearningRate = 0.005,
        Augmentations = [new RandomCrop { Padding = 1 }],
    };

    private static readonly Madry Objective = new() { InnerAttack = Madry.DefaultAttack with { Steps = 1 } };

    [Fact]
    public void Fit_FinishedRunWithMoreEpochs_EndsAsTheLongRun()
    {
        using ScratchFolder longer = new(), first = new(), second = new();
        using Classifier expected = Small.Network.Build(1), begun = Small.Network.Build(1), actual = Small.Network.Build(9);
        TrainingResult whole = Fit(expected, Recipe with { Epochs = 4 }, longer);
        TrainingResult half = Fit(begun, Recipe with { EarlyStopping = new EarlyStopping { Patience = 2 } }, first);

        TrainingResult result = Fit(actual, Recipe with { Epochs = 4 }, second, half.Checkpoint);

        Assert.Equal((2, 4, 2), (half.Epochs.Count, result.Epochs.Count, result.Resumed));
        Small.AssertSameWeights(expected, actual);
        Assert.Equal(Small.Timeless(whole), Small.Timeless(result));
        Assert.Equal(whole.Selected, result.Selected);
        using NamedTensors left = Safetensors.Read(whole.Checkpoint!), right = Safetensors.Read(result.Checkpoint!);
        Small.AssertSame(left.Pairs, right.Pairs);
    }

    [Fact]
    public void Fit_ContinuedRunThatIsStopped_ResumesInItsOwnFolder()
    {
        using ScratchFolder longer = new(), first = new(), second = new();
        using Classifier expected = Small.Network.Build(1), begun = Small.Network.Build(1), stopped = Small.Network.Build(1), actual = Small.Network.Build(1);
        TrainingResult whole = Fit(expected, Recipe with { Epochs = 4 }, longer), half = Fit(begun, Recipe, first);
        int reads = 0;

        Assert.Throws<NotSupportedException>(() => Fit(stopped, Recipe with { Epochs = 4 }, second, half.Checkpoint, Bars.Splits(onRead: _ =>
        {
            if (++reads == 12)
                throw new NotSupportedException("stop");
        })));
        TrainingResult result = Fit(actual, Recipe with { Epochs = 4 }, second, half.Checkpoint);

        Assert.Equal(3, result.Resumed);
        Small.AssertSameWeights(expected, actual);
        Assert.Equal(Small.Timeless(whole), Small.Timeless(result));
    }

    [Fact]
    public void Fit_NoMoreEpochs_IsRefused()
    {
        using ScratchFolder first = new();
        using Classifier begun = Small.Network.Build(1), actual = Small.Network.Build(1);
        TrainingResult half = Fit(begun, Recipe, first);

        CheckpointRefusedException refused = Assert.Throws<CheckpointRefusedException>(() => Fit(actual, Recipe with { LearningRate = 0.01 }, null, half.Checkpoint));

        Assert.StartsWith("a training that goes on must have more epochs than the 2 that ", refused.Message);
        Assert.EndsWith("got 2. Set TrainingRecipe.Epochs.", refused.Message);
    }

    [Fact]
    public void Fit_OtherThanEpochsAndRate_IsRefusedWithTheDifference()
    {
        using ScratchFolder first = new();
        using Classifier begun = Small.Network.Build(1), actual = Small.Network.Build(1);
        TrainingResult half = Fit(begun, Recipe, first);

        CheckpointRefusedException refused = Assert.Throws<CheckpointRefusedException>(() =>
            Fit(actual, Recipe with { Epochs = 3, LearningRate = 0.1, Schedule = new CosineRate(), BatchSize = 8, Optimizer = new Sgd() }, null, half.Checkpoint));

        Assert.Contains("recipe.batchSize: stored 16, now 8", refused.Message);
        Assert.Contains("recipe.optimizer.type: stored \"adamw\"", refused.Message);
        Assert.DoesNotContain("earningRate:", refused.Message);
        Assert.DoesNotContain("schedule.", refused.Message);
    }

    [Fact]
    public void Fit_CheckpointThatIsDamagedOrMissing_SaysSo()
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder["half"], "half");
        using Classifier classifier = Small.Network.Build(1);

        Assert.Throws<InvalidDataException>(() => Fit(classifier, Recipe, null, folder["half"]));
        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() =>
            Small.Fit(classifier, Objective, Recipe, options: new TrainingOptions { Continues = folder["none"], InitialWeights = folder["half"] }));
        Assert.Equal(["Continues", "InitialWeights"], refused.Problems.Select(problem => problem.Subject));
    }

    private static TrainingResult Fit(Classifier classifier, TrainingRecipe recipe, ScratchFolder? folder, string? continues = null, TrainingSplits? data = null) =>
        Small.Fit(classifier, Objective, recipe, data, options: new TrainingOptions { CheckpointFolder = folder?.Path, Continues = continues });
}
