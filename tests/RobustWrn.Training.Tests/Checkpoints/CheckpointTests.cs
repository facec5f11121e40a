using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

public class CheckpointTests
{
    private static readonly TrainingRecipe Recipe = Small.Recipe with { Epochs = 2 };

    [Fact]
    public void Fit_EveryTwoSteps_WritesWithinTheEpochAndKeepsAsManyAsAsked()
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Small.Network.Build(1);
        SortedSet<string> seen = [];

        Small.Fit(classifier, recipe: Recipe, data: Bars.Splits(onRead: _ => seen.UnionWith(folder.Files)),
            options: new TrainingOptions { CheckpointFolder = folder.Path, CheckpointEverySteps = 2, KeptCheckpoints = 3 });

        // 4 steps an epoch: the one after the fourth is the epoch's own.
        Assert.Equal(["checkpoint-0000-000002.safetensors", "checkpoint-0001-000002.safetensors", "checkpoint-0001.safetensors"], seen);
        Assert.Equal(["checkpoint-0001-000002.safetensors", "checkpoint-0001.safetensors", "checkpoint-0002.safetensors"], folder.Files);
    }

    [Fact]
    public void Fit_IntervalThatIsAlwaysOver_WritesAfterEachStep()
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Small.Network.Build(1);

        Small.Fit(classifier, recipe: Recipe with { Epochs = 1 }, options: new TrainingOptions { CheckpointFolder = folder.Path, CheckpointInterval = TimeSpan.FromTicks(1), KeptCheckpoints = 9 });

        Assert.Equal(["checkpoint-0000-000001.safetensors", "checkpoint-0000-000002.safetensors", "checkpoint-0000-000003.safetensors", "checkpoint-0001.safetensors"], folder.Files);
    }

    [Theory]
    [InlineData(1, 4, "Going on after epoch 1 and step 2 of the next")]
    [InlineData(2, 5, "Going on after epoch 1 and step 1 of the next")]
    public void Fit_DamagedWithinAnEpoch_GoesOnFromTheOneBefore(int damaged, int reads, string told)
    {
        using ScratchFolder folder = new();
        using Classifier expected = Small.Network.Build(1), stopped = Small.Network.Build(1), actual = Small.Network.Build(1);
        TrainingOptions options = new() { CheckpointFolder = folder.Path, CheckpointEverySteps = 1, KeptCheckpoints = 3 };
        Small.Fit(expected, recipe: Recipe);
        int before = 0, after = 0;
        Assert.Throws<NotSupportedException>(() => Small.Fit(stopped, recipe: Recipe, data: Bars.Splits(onRead: _ => Stop(++before == Small.ReadsPerEpoch + 4)), options: options));
        Lines log = new();
        foreach (string file in folder.Files.TakeLast(damaged))
            File.WriteAllBytes(folder[file], File.ReadAllBytes(folder[file])[..^9]);

        Small.Fit(actual, recipe: Recipe, data: Bars.Splits(onRead: _ => after++), options: options with { Logger = log });

        Assert.Equal(reads, after); // the steps that were lost, those to come, and 2 batches of validation
        Assert.Equal(damaged, log.Entries.Count(line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("is damaged and passed over", StringComparison.Ordinal)));
        Assert.Contains(log.Entries, line => line.Contains(told, StringComparison.Ordinal));
        Small.AssertSameWeights(expected, actual);

        static void Stop(bool now)
        {
            if (now)
                throw new NotSupportedException("stop");
        }
    }

    /// <summary>As on a full disk: the second epoch's file cannot be made.</summary>
    /// <summary>Another training may have begun in the folder that has taken its place.</summary>
    [Fact]
    public void Fit_FolderDeletedMeanwhile_EndsWithAnErrorAndCanBeRunAgain()
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Small.Network.Build(1), again = Small.Network.Build(1);
        TrainingOptions options = new() { CheckpointFolder = folder["run"], ProgressInterval = TimeSpan.Zero };
        Told delete = new(_ =>
        {
            if (Directory.Exists(folder["run"]))
                Directory.Delete(folder["run"], recursive: true);
        });

        Exception refusal = Assert.ThrowsAny<Exception>(() => Small.Fit(classifier, options: options, progress: delete));

        Assert.Contains("must stay in its place while it is in use", refusal.ToString(), StringComparison.Ordinal);
        Assert.Equal(Small.Recipe.Epochs, Small.Fit(again, options: options).Epochs.Count);
    }

    [Fact]
    public void Fit_CheckpointThatCannotBeWritten_StopsAndLeavesTheOneBefore()
    {
        using ScratchFolder folder = new();
        using Classifier expected = Small.Network.Build(1), stopped = Small.Network.Build(1), actual = Small.Network.Build(1);
        TrainingOptions options = new() { CheckpointFolder = folder.Path };
        Small.Fit(expected, recipe: Recipe);
        Directory.CreateDirectory(folder["checkpoint-0002.safetensors"]);

        CheckpointNotWrittenException refused = Assert.Throws<CheckpointNotWrittenException>(() => Small.Fit(stopped, recipe: Recipe, options: options));

        Assert.Equal(folder["checkpoint-0002.safetensors"], refused.File);
        Assert.Contains("The checkpoint of epoch 1 is kept: ", refused.Message);
        Assert.Equal(["checkpoint-0001.safetensors"], folder.Files); // and nothing half written
        Directory.Delete(folder["checkpoint-0002.safetensors"]);
        TrainingResult resumed = Small.Fit(actual, recipe: Recipe, options: options);
        Assert.Equal(1, resumed.Resumed);
        Small.AssertSameWeights(expected, actual);
    }

    [Fact]
    public void Fit_CheckpointOfAnotherEnvironment_WarnsThatItIsNotBitExact()
    {
        using ScratchFolder folder = new();
        using Classifier first = Small.Network.Build(1), second = Small.Network.Build(1), third = Small.Network.Build(1);
        TrainingOptions options = new() { CheckpointFolder = folder.Path };
        Lines same = new(), other = new();
        Small.Fit(first, recipe: Recipe with { Epochs = 1 }, options: options);
        Small.Fit(second, recipe: Recipe with { Epochs = 1 }, options: options with { Logger = same });
        using (TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(folder["checkpoint-0001.safetensors"]))
        {
            TrainingCheckpoint.Write(folder["checkpoint-0001.safetensors"], checkpoint.Identity, "48 threads", checkpoint.Position,
                (TrainingCheckpoint.Model, checkpoint.Section(TrainingCheckpoint.Model).Pairs), (TrainingCheckpoint.Optimizer, checkpoint.Section(TrainingCheckpoint.Optimizer).Pairs));
        }

        Small.Fit(third, recipe: Recipe with { Epochs = 1 }, options: options with { Logger = other });

        Assert.DoesNotContain(same.Entries, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Contains(other.Entries, line => line.StartsWith("Warning: The checkpoint was written under 48 threads, this run has RobustWrn", StringComparison.Ordinal) && line.Contains("not bit-exact", StringComparison.Ordinal));
    }

    [Fact]
    public void Description_OfACheckpoint_IsEnoughToRepeatTheRun()
    {
        using ScratchFolder folder = new();
        using Classifier first = Small.Network.Build(1);
        TrainingRecipe recipe = Recipe with { Average = new WeightAverage(), Schedule = new OneCycleRate(), Perturbation = AdversarialWeightPerturbation.ForTrades with { FromEpoch = 1 } };
        TrainingResult result = Small.Fit(first, new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 1 }, Beta = 5 }, recipe, options: new TrainingOptions { CheckpointFolder = folder.Path });

        CheckpointDescription told = CheckpointDescription.Read(result.Checkpoint!);
        using Classifier again = told.Network.Build(1);
        TrainingResult repeated = told.Plan.Trainer().Fit(again, Bars.Splits(), told.Plan.Threat, told.Seed);

        Assert.Equal((Bars.Splits().Train.Fingerprint, Bars.Splits().Validation.Fingerprint, 2), (told.TrainingImages, told.ValidationImages, told.Epochs.Count));
        Assert.Equal(told.Plan, DescriptionJson.Read<TrainingPlan>(DescriptionJson.Write(told.Plan)));
        Assert.Equal(Small.Timeless(result), Small.Timeless(repeated));
        Small.AssertSameWeights(first, again);
    }

    [Fact]
    public void Check_OptionsOutOfRange_NameTheirParts()
    {
        TrainingOptions options = new() { CheckpointEverySteps = 0, CheckpointInterval = TimeSpan.Zero, KeptCheckpoints = 0 };

        Assert.Equal(
            ["CheckpointEverySteps", "CheckpointInterval", "KeptCheckpoints"],
            new RobustTrainer(new Natural(), Recipe).Check(Small.Network, Bars.Splits(), Small.Threat, options).Select(problem => problem.Subject));
    }
}
