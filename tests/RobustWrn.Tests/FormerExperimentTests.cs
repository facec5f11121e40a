using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn.Tests;

/// <summary>
/// The record of an experiment of before the inner attack was one description (tests/Fixtures/stored, written by the library of then):
/// finished work counts, and what is new is trained beside it.
/// </summary>
public class FormerExperimentTests
{
    private static readonly string Former = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stored", "experiment");

    [Fact]
    public async Task RunAsync_RecordOfBefore_TakesItsNetworks()
    {
        using TestFolder folder = Copy();
        ListLogger log = new();
        string[] before = Networks(folder);

        ExperimentResult result = await SmallExperiment.On(SmallExperiment.Images()).InBatchesOf(1).RecordedIn(folder.Path).LoggedTo(log)
            .RunAsync(null, TestContext.Current.CancellationToken);

        Assert.Equal(before, Networks(folder));
        Assert.All(before, network => Assert.False(Directory.Exists(Path.Combine(network, "training")), $"{network} was trained again"));
        Assert.Equal(3, result.Networks.Count);
        Assert.All(result.Networks, network => Assert.NotNull(network.ValidationRobust));
    }

    /// <summary>More trials change the record, and a second rerun must still know the first networks.</summary>
    [Fact]
    public async Task RunAsync_RecordOfBeforeWithMoreTrials_GrowsTwice()
    {
        using TestFolder folder = Copy();
        string[] before = Networks(folder);
        foreach (int trials in (int[])[3, 2])
        {
            await SmallExperiment.On(SmallExperiment.Images()).InBatchesOf(1).Within(Budget.Trials(trials)).RecordedIn(folder.Path)
                .RunAsync(null, TestContext.Current.CancellationToken);

            Assert.Equal(before.Length + 1, Networks(folder).Length);
            Assert.All(before, network => Assert.False(Directory.Exists(Path.Combine(network, "training")), $"{network} was trained again"));
        }
    }

    [Fact]
    public void Check_OtherObjectiveThanOfBefore_IsRefusedWithTheDifference()
    {
        using TestFolder folder = Copy();
        RobustExperiment same = SmallExperiment.On(SmallExperiment.Images()).InBatchesOf(1).RecordedIn(folder.Path);

        Problem problem = Assert.Single(same
            .TrainedBy(new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 3 } }, same.Recipe).Check());

        Assert.Empty(same.Check());
        Assert.EndsWith("objective.innerAttack.steps: stored 2, now 3", problem.Message);
    }

    /// <summary>Trials were proposed one by one then.</summary>
    [Fact]
    public void Check_InBatchesOfToday_IsRefusedWithTheDifference()
    {
        using TestFolder folder = Copy();

        Problem problem = Assert.Single(SmallExperiment.On(SmallExperiment.Images()).RecordedIn(folder.Path).Check());

        Assert.EndsWith("batchWidth: stored 1, now 8", problem.Message);
    }

    private static string[] Networks(TestFolder folder) =>
        [.. Directory.GetDirectories(Path.Combine(folder.Path, "networks")).Order(StringComparer.Ordinal)];

    private static TestFolder Copy()
    {
        TestFolder folder = new();
        foreach (string file in Directory.GetFiles(Former, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(folder.Path, Path.GetRelativePath(Former, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        return folder;
    }
}
