using System.Globalization;
using System.Text.Json;
using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

public class MetricsFilesTests
{
    [Fact]
    public void Fit_MetricsFolder_HoldsALineForEachEpochAlsoAfterAResume()
    {
        using ScratchFolder folder = new(), metrics = new();
        using Classifier stopped = Small.Network.Build(1), resumed = Small.Network.Build(1);
        TrainingRecipe recipe = Small.Recipe with { Average = new WeightAverage { WarmUp = 0 } };
        TrainingOptions options = new() { CheckpointFolder = folder.Path, MetricsFolder = metrics.Path };
        int reads = 0;

        Assert.Throws<NotSupportedException>(() => Small.Fit(stopped, new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 1 } }, recipe, Bars.Splits(onRead: _ =>
        {
            if (++reads == 19)
                throw new NotSupportedException("stop");
        }), options: options));
        File.WriteAllText(metrics[".metrics.csv.7-1.tmp"], "what a killed process left");
        TrainingResult result = Small.Fit(resumed, new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 1 } }, recipe, options: options);

        Assert.Equal(["events.out.tfevents.0.robustwrn", "metrics.csv", "metrics.jsonl"], metrics.Files);
        string[][] table = [.. File.ReadAllLines(metrics["metrics.csv"]).Select(line => line.Split(','))];
        Assert.Equal(4, table.Length);
        Assert.All(table, row => Assert.Equal(table[0].Length, row.Length));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(result.Epochs[i].Epoch, Cell(i, "epoch"));
            Assert.Equal(result.Epochs[i].Loss, Cell(i, "loss"));
            Assert.Equal(result.Epochs[i].Parts[1].Mean, Cell(i, "loss_robust"));
            Assert.Equal(result.Epochs[i].Robust.Value, Cell(i, "robust"));
            Assert.Equal(result.Epochs[i].Average!.Robust.Value, Cell(i, "average_robust"));
            Assert.Equal(result.Epochs[i].Times!.Attack.TotalSeconds, Cell(i, "attack_seconds"));
        }
        Assert.Equal(result.Epochs, File.ReadAllLines(metrics["metrics.jsonl"]).Select(line => JsonSerializer.Deserialize<EpochMetrics>(line, DescriptionJson.Options)!).ToValueList());

        double Cell(int epoch, string column) => double.Parse(table[epoch + 1][Array.IndexOf(table[0], column)], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Fit_Times_AddUpToTheEpochAndTellTheAttackApart()
    {
        using Classifier attacked = Small.Network.Build(1), natural = Small.Network.Build(1);

        EpochMetrics robust = Small.Fit(attacked, new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 5 } }, Small.Recipe with { Epochs = 1 }).Last, plain = Small.Fit(natural, recipe: Small.Recipe with { Epochs = 1 }).Last;

        Assert.Equal(TimeSpan.Zero, plain.Times!.Attack);
        Assert.True(robust.Times!.Attack > robust.Times.Data, $"{robust.Times}");
        Assert.All((TimeSpan[])[robust.Times.Data, robust.Times.Update, robust.Times.Validation], time => Assert.True(time > TimeSpan.Zero));
        Assert.True(robust.Times.Data + robust.Times.Attack + robust.Times.Update + robust.Times.Validation <= robust.Elapsed, $"{robust.Times} in {robust.Elapsed}");
    }

    [Fact]
    public void Fit_GoneOnWithinAnEpoch_ReportsItsOwnSpeed()
    {
        using ScratchFolder folder = new();
        using Classifier stopped = Small.Network.Build(1), resumed = Small.Network.Build(1);
        TrainingOptions options = new() { CheckpointFolder = folder.Path, CheckpointEverySteps = 1, ProgressInterval = TimeSpan.Zero };
        using CancellationTokenSource source = new();
        List<TrainingProgress> told = [];

        Assert.Throws<OperationCanceledException>(() => Small.Fit(stopped, options: options, token: source.Token, progress: new Told(report =>
        {
            if (report is { Epoch: 2, Step: 2 })
                source.Cancel();
        })));
        Small.Fit(resumed, options: options, progress: new Told(told.Add));

        Assert.Equal((2, 3), (told[0].Epoch, told[0].Step));
        Assert.NotNull(told[0].Latest);
        Assert.All(told, report => Assert.True(report.ImagesPerSecond > 0 && report.Remaining >= TimeSpan.Zero, $"{report}"));
    }
}
