using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn.Tests;

/// <summary>The README's example, so that it compiles. A test compares the two.</summary>
internal static class ReadmeExample
{
    public static async Task RunAsync()
    {
        using DatasetSplits cifar = Cifar10.From("data/cifar-10", holdOut: 1_000);
        var space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(depth: 28, widen: 10))
            .Vary("last stage width", [256, 384, 512, 640], (spec, width) => spec.WithStage(^1, stage => stage with { Width = width }))
            .Vary("last stage depth", [2, 3, 4], (spec, depth) => spec.WithStage(^1, stage => stage with { Depth = depth }))
            .Where("at most 5.25 GMACs", spec => spec.Cost(32, 32).MultiplyAdds <= 5_250_000_000);

        RobustExperiment experiment = RobustExperiment
            .On(cifar, ThreatModel.Linf(8, outOf: 255))
            .Searching(space, new RandomSampler())
            .Comparing(WideResNetSpec.Wrn(28, 10), WideResNetSpec.Wrn34R)
            .TrainedBy(new Trades { Beta = 6 }, new TrainingRecipe { Epochs = 100 })
            .EvaluatedBy(AttackSuite.AutoAttack)
            .Within(Budget.Trials(12).OrAfter(TimeSpan.FromDays(2)))
            .Seeded(2026)
            .RecordedIn("runs/trades");    // run again to resume

        Console.WriteLine(experiment.Estimate());
        ExperimentResult result = await experiment.RunAsync();
        await result.WriteAsync(new MarkdownReport(), "runs/trades/report.md");
    }
}
