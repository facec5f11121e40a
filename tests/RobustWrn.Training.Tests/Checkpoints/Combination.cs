using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>A training of 2 epochs of 2 steps, with some of what a training can have.</summary>
/// <param name="Objective">The name of an objective.</param>
/// <param name="Average">Whether a weight average is kept.</param>
/// <param name="Perturbation">Whether weights are perturbed.</param>
/// <param name="Parts">Whether batches go through in parts.</param>
internal sealed record Combination(string Objective, bool Average, bool Perturbation, bool Parts)
{
    /// <summary>Readings of images of a whole run: 2 batches to train on an epoch, one to validate on, and one more for an average.</summary>
    public int Reads => 2 * (Average ? 4 : 3);

    private static WideResNetSpec Network { get; } = Small.Network.WithStage(0, stage => stage with { Dropout = 0.2 });

    // What is not a choice of its own comes along with one.
    private TrainingRecipe Recipe => Small.Recipe with
    {
        Epochs = 2,
        Augmentations = [new RandomCrop { Padding = 1 }, new HorizontalFlip()],
        Mixing = Perturbation ? new CutMix() : null,
        ValidationAttack = new Attacks.Pgd { Steps = 1 },
        Optimizer = Parts ? new AdamW() : new Sgd { Nesterov = true },
        LearningRate = Parts ? 0.005 : 0.05,
        Schedule = new OneCycleRate(),
        Radius = new LinearRadius(),
        Average = Average ? new WeightAverage { WarmUp = 0, AveragesBuffers = Perturbation } : null,
        Perturbation = Perturbation ? new AdversarialWeightPerturbation() : null,
        MicroBatchSize = Parts ? 8 : null,
    };

    public static Classifier Build() => Network.Build(1);

    public static IEnumerable<Combination> All() =>
        from objective in (string[])["natural", "madry", "trades", "mart", "fast-adversarial"]
        from average in (bool[])[false, true]
        from perturbation in (bool[])[false, true]
        from parts in (bool[])[false, true]
        select new Combination(objective, average, perturbation, parts);

    public TrainingResult Fit(Classifier classifier, string folder, int? everySteps, Action<long[]>? onRead = null)
    {
        IRobustObjective objective = DescriptionJson.Read<IRobustObjective>($$"""{"version": 1, "type": "{{Objective}}"{{(Objective is "natural" or "fast-adversarial" ? "" : ", \"innerSteps\": 1")}}}""");
        return Small.Fit(classifier, objective, Recipe, Bars.Splits(32, 8, onRead), options: new TrainingOptions { CheckpointFolder = folder, CheckpointEverySteps = everySteps });
    }
}
