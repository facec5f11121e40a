using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn.Tests;

/// <summary>The README's example of a search, so that it compiles.</summary>
internal static class SearchExample
{
    public static async Task RunAsync()
    {
        using DatasetSplits images = new SyntheticImages().Make(train: 1_500, holdOut: 300, test: 300, seed: 2026);
        WideResNetSpec baseline = WideResNetSpec.Of(stem: 16, depths: [1, 1, 1], widths: [16, 32, 64]) with
        {
            Stem = new StemSpec { Width = 16, Stride = 2 },
        };
        var space = new SearchSpace<WideResNetSpec>(baseline)
            .Vary("last stage width", [16, 32, 48, 96], (spec, width) => spec.WithStage(^1, stage => stage with { Width = width }))
            .Vary("last stage depth", [1, 2], (spec, depth) => spec.WithStage(^1, stage => stage with { Depth = depth }))
            .Where("at most 4 MMACs", spec => spec.Cost(32, 32).MultiplyAdds <= 4_000_000);

        RobustExperiment experiment = RobustExperiment
            .On(images, ThreatModel.Linf(8, outOf: 255))
            .Searching(space, new RandomSampler())
            .Comparing(baseline)
            .TrainedBy(
                new Trades { Beta = 6, InnerAttack = Trades.DefaultAttack with { Steps = 5 } },
                new TrainingRecipe { Epochs = 3, BatchSize = 64 })
            .EvaluatedBy(AttackSuite.Of("PGD and CW", new Pgd { Steps = 20 }, new CwLinf { Steps = 20 }))
            .Within(Budget.Trials(3))
            .Seeded(2026)
            .RecordedIn("runs/first");    // run again to resume

        Console.WriteLine(experiment.Estimate());
        ExperimentResult result = await experiment.RunAsync();
        Console.WriteLine(result);
        await result.WriteAsync(new MarkdownReport(), "runs/first/report.md");
    }
}
