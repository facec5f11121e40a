using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn.Tests;

/// <summary>An experiment of a second or so: four candidates and a baseline of a few thousand multiply-adds.</summary>
internal static class SmallExperiment
{
    public static WideResNetSpec Baseline { get; } = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 8]) with { Stem = new StemSpec { Width = 4, Stride = 2 } };

    public static DatasetSplits Images() => new SyntheticImages().Make(train: 64, holdOut: 32, test: 32, seed: 5);

    public static SearchSpace<WideResNetSpec> Space() => new SearchSpace<WideResNetSpec>(Baseline)
        .Vary("last stage width", [4, 6, 10, 12], (spec, width) => spec.WithStage(^1, stage => stage with { Width = width }));

    public static RobustExperiment On(DatasetSplits images) => RobustExperiment
        .On(images, ThreatModel.Linf(8, outOf: 255))
        .Searching(Space(), new RandomSampler())
        .Comparing(Baseline)
        .TrainedBy(new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 2 } }, new TrainingRecipe { Epochs = 2, BatchSize = 32, ValidationAttack = new Pgd { Steps = 2 } })
        .EvaluatedBy(AttackSuite.Of("short", new Fgsm(), new Pgd { Steps = 2 }))
        .Within(Budget.Trials(2))
        .Seeded(3);
}
