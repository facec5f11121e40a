using System.Text.Json.Nodes;
using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>
/// A checkpoint of before the inner attack was one description (tests/Fixtures/stored, written by the library of then, an epoch and three
/// steps into a run): the run goes on there.
/// </summary>
public class FormerCheckpointTests
{
    private const string Name = "checkpoint-0001-000003.safetensors";

    private static readonly Trades Objective = new()
    {
        InnerAttack = Trades.DefaultAttack with { Steps = 2, Start = new RandomStart() },
    };

    private static string Former => Path.Combine(AppContext.BaseDirectory, "Fixtures", "stored", Name);

    [Fact]
    public void Fit_CheckpointOfBefore_GoesOnThere()
    {
        using ScratchFolder folder = new();
        File.Copy(Former, Path.Combine(folder.Path, Name));
        using Classifier classifier = Small.Network.Build(1);
        int reads = 0;

        TrainingResult result = Small.Fit(classifier, Objective, data: Bars.Splits(onRead: _ => reads++),
            options: new TrainingOptions { CheckpointFolder = folder.Path });

        Assert.Equal(1, result.Resumed);
        // Three of the four batches of the second epoch are behind it.
        Assert.Equal(2 * Small.ReadsPerEpoch - 3, reads);
        using TrainingCheckpoint last = TrainingCheckpoint.Read(result.Checkpoint!);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(DescriptionJson.Write(Objective)), last.Identity.Document["objective"]));
    }

    [Fact]
    public void Fit_OtherSettingsThanOfBefore_AreRefusedByName()
    {
        using ScratchFolder folder = new();
        File.Copy(Former, Path.Combine(folder.Path, Name));
        using Classifier classifier = Small.Network.Build(1);
        Trades other = Objective with { InnerAttack = Trades.DefaultAttack with { Steps = 3, Start = new RandomStart() } };

        CheckpointRefusedException refusal = Assert.Throws<CheckpointRefusedException>(() =>
            Small.Fit(classifier, other, options: new TrainingOptions { CheckpointFolder = folder.Path }));

        Assert.Equal("objective.innerAttack.steps: stored 2, now 3", Assert.Single(refusal.Differences));
    }

    [Fact]
    public void Fit_ContinuesACheckpointOfBefore_GoesOnThere()
    {
        using Classifier classifier = Small.Network.Build(1);

        TrainingResult result = Small.Fit(classifier, Objective, Small.Recipe with { Epochs = 2 },
            options: new TrainingOptions { Continues = Former });

        Assert.Equal((1, 2), (result.Resumed, result.Epochs.Count));
    }

    [Fact]
    public void Read_CheckpointOfBefore_TellsItsPlan() => Assert.Equal(Objective, CheckpointDescription.Read(Former).Plan.Objective);
}
