using RobustWrn.Attacks;

namespace RobustWrn.Training;

/// <summary>The trainings behind the strong entries of the robustness leaderboards, by name. Numbers found with them belong to the whole run: all images, all epochs, the network named.</summary>
public static class PublishedPlans
{
    private const string Huang = "Huang et al. 2021, arXiv 2110.03825, and its code";

    // Half of each batch real, half pseudo-labelled; 400 epochs of the real images. No gradient clipping.
    private static readonly TrainingRecipe With500K = new()
    {
        Epochs = 400,
        BatchSize = 256,
        ExtraShare = 0.5,
        Schedule = new CosineRate(),
        Optimizer = new Sgd { WeightDecay = 5e-4 },
        GradientNormClip = null,
    };

    // The conventions of Gowal et al. 2020 and those after them, with the numbers of Wang et al.'s code: batch statistics in the attack, no decay of batch norms, an average.
    private static readonly TrainingRecipe Leaderboard = new()
    {
        Epochs = 400,
        BatchSize = 512,
        ExtraShare = 0.7,
        LearningRate = 0.2,
        Schedule = new OneCycleRate { Rise = 0.025 },
        Optimizer = new Sgd { WeightDecay = 5e-4, Nesterov = true, Decayed = DecayedParameters.AllButNorms },
        GradientNormClip = null,
        AttackBatchNorm = BatchNormMode.BatchStatistics,
        Average = new WeightAverage(),
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PublishedPlan> All { get; } =
    [
        new("sat", new TrainingPlan { Objective = new Madry() }, $"{Huang}: standard adversarial training, no extra images.", false, "The paper prints no AutoAttack number for it."),
        new("trades", new TrainingPlan { Objective = new Trades() }, $"{Huang}: TRADES, no extra images.", false, "WRN-34-12 51.97 %, WRN-34-R 53.23 % (at twice the multiply-adds)."),
        new("mart", new TrainingPlan { Objective = new Mart() }, $"{Huang}: MART, no extra images.", false, "The paper prints no AutoAttack number for it."),
        new("trades-500k", new TrainingPlan { Recipe = With500K }, $"{Huang}: TRADES with 500,000 pseudo-labelled images, half of each batch.", true, "WRN-34-R 61.56 %, clean 90.56 %."),
        new("trades-500k-ema", new TrainingPlan { Recipe = With500K with { Average = new WeightAverage { AveragesBuffers = true } } },
            $"{Huang}: the same with a weight average.", true, "WRN-34-R 62.54 %, clean 91.23 %."),
        new("rice", new TrainingPlan { Objective = new Madry { Start = new RandomStart() }, Recipe = Rice() },
            "Rice et al. 2020, arXiv 2002.11569: adversarial training, the best epoch on validation.", false, "WRN-34-20 53.42 %, clean 85.34 % (as listed by RobustBench)."),
        new("pang", new TrainingPlan { Recipe = Pang() }, "Pang et al. 2020, arXiv 2010.00467: TRADES with the tricks found to matter, weight decay 5e-4 first.", false, "WRN-34-20 54.39 %, clean 86.43 % (as printed with its code)."),
        new("gowal", new TrainingPlan { Objective = new Trades { LabelSmoothing = 0.1, Start = new RandomStart() }, Recipe = Leaderboard with { Schedule = new CosineRate() } },
            "Gowal et al. 2020, arXiv 2010.03593: TRADES, SiLU (WideResNetSpec.Gowal), weight average; 500,000 pseudo-labelled images for 0.7 of each batch.", true, "WRN-28-10 62.80 %, clean 89.48 %."),
        new("rebuffi", new TrainingPlan { Objective = new Trades { LabelSmoothing = 0.1, Start = new RandomStart() }, Recipe = Leaderboard with { BatchSize = 1024, LearningRate = 0.4 } },
            "Rebuffi et al. 2021, arXiv 2103.01946, in the code of Rade 2021: TRADES, generated images for 0.7 of each batch, CutMix where there are none, weight average.", true, "WRN-28-10 with 1M generated images and CutMix 60.75 %, clean 87.33 %."),
        new("wang", new TrainingPlan { Objective = new Trades { Beta = 5, LabelSmoothing = 0.1, Start = new RandomStart() }, Recipe = Leaderboard },
            "Wang et al. 2023, arXiv 2302.04638: TRADES, images of a better diffusion model for 0.7 to 0.8 of each batch, weight average.", true, "WRN-28-10 with 20M generated images 67.31 %, clean 92.44 %."),
    ];

    /// <summary>The plan of a name, whatever its case; null where there is none.</summary>
    public static PublishedPlan? Find(string name) => All.FirstOrDefault(plan => string.Equals(plan.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The plan of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the names.</exception>
    public static TrainingPlan Get(string name) => Find(name)?.Plan
        ?? throw new ArgumentException($"plan must be one of {string.Join(", ", All.Select(plan => plan.Name))}, got \"{name}\".", nameof(name));

    // 200 epochs, a tenth at 100 and at 150.
    private static TrainingRecipe Rice() => new()
    {
        Epochs = 200,
        Schedule = new PiecewiseRate { Drops = [new RateDrop(0.5, 0.1), new RateDrop(0.75, 0.01)] },
        Optimizer = new Sgd { WeightDecay = 5e-4 },
        GradientNormClip = null,
    };

    // 110 epochs, a tenth at 100 and at 105.
    private static TrainingRecipe Pang() => new()
    {
        Epochs = 110,
        Schedule = new PiecewiseRate { Drops = [new RateDrop(100.0 / 110, 0.1), new RateDrop(105.0 / 110, 0.01)] },
        Optimizer = new Sgd { WeightDecay = 5e-4 },
        GradientNormClip = null,
    };
}
