using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>
/// Every number of every published plan, as the authors' commands, configurations and code have them; learning rates by the closed forms of their schedulers, written here once more.
/// </summary>
public class PublishedPlanTableTests
{
    private const int Steps = 98;

    private static readonly Row[] Table =
    [
        new("madry", "WRN-34-R", "No AutoAttack number", 100, 128, 0.1, 2e-4, Clip: 5, Start: null, Extra: null),
        new("trades", "WRN-34-R", "53.23 %", 100, 128, 0.1, 2e-4, Clip: 5, Beta: 6, Start: null, Extra: null),
        new("mart", "WRN-34-R", "No AutoAttack number", 100, 128, 0.1, 2e-4, Clip: 5, Beta: 6, Start: null, Extra: null),
        new("trades-500k", "WRN-34-R", "61.56 %, clean 90.56 %", 400, 256, 0.1, 5e-4, Beta: 6, Start: null, Extra: 0.5),
        new("trades-500k-ema", "WRN-34-R", "62.54 %, clean 91.23 %", 400, 256, 0.1, 5e-4, Beta: 6, Start: null, Extra: 0.5, Average: new WeightAverage { AveragesBuffers = true }),
        new("rice", "WRN-34-20", "53.42 %, clean 85.34 %", 200, 128, 0.1, 5e-4, Attack: BatchNormMode.BatchStatistics, Extra: null),
        new("pang", "WRN-34-20", "54.39 %, clean 86.43 %", 110, 128, 0.1, 5e-4, Beta: 6, Start: null, Extra: null),
        Silu("gowal", "62.80 %, clean 89.48 %", 400, 1024, 0.4, 6, 0.7),
        Silu("rebuffi", "None for WRN-28-10", 400, 1024, 0.4, 6, 0.7),
        Silu("rebuffi-cutmix", "60.75 %, clean 87.33 %", 400, 1024, 0.4, 6, 0.7) with { Mixing = new CutMix { Alpha = 1, Probability = 1 } },
        Silu("wang-1m", "63.35 %, clean 91.12 %", 400, 512, 0.2, 5, 0.7),
        Silu("wang-20m", "67.31 %, clean 92.44 %", 2400, 2048, 0.2, 5, 0.8),
    ];

    public static TheoryData<string> Names => [.. Table.Select(row => row.Name)];

    [Fact]
    public void All_Names_AreThoseOfTheTable() => Assert.Equal(Table.Select(row => row.Name), PublishedPlans.All.Select(plan => plan.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Plan_OfEachName_HasThePublishedNumbers(string name)
    {
        PublishedPlan published = PublishedPlans.Find(name)!;
        TrainingRecipe recipe = published.Plan.Recipe;
        Sgd optimizer = Assert.IsType<Sgd>(recipe.Optimizer);
        (double? beta, double smoothing, IAttack inner) = published.Plan.Objective switch
        {
            Trades trades => ((double?)trades.Beta, trades.LabelSmoothing, trades.InnerAttack),
            Mart mart => (mart.Beta, 0, mart.InnerAttack),
            Madry madry => (null, madry.LabelSmoothing, madry.InnerAttack),
            _ => throw new InvalidOperationException(published.Plan.Objective.Name),
        };
        bool divergence = published.Plan.Objective is Trades;
        InnerPgd attack = Assert.IsType<InnerPgd>(inner);
        // Null in the table: normal noise, of deviation 0.001 in TRADES, of one step in the others.
        IAttackStart? start = Equals(attack.Start, divergence ? new GaussianStart(0.001) : null) ? null : attack.Start;

        Assert.Equal(
            Table.Single(row => row.Name == name) with { Expected = published.Expected },
            new Row(name, published.Network.Name, published.Expected, recipe.Epochs, recipe.BatchSize, recipe.LearningRate, optimizer.WeightDecay, recipe.GradientNormClip, beta, smoothing,
                start?.GetType().Name, published.TakesExtra ? recipe.ExtraShare : null, optimizer.Nesterov, optimizer.Decayed, recipe.AttackBatchNorm, recipe.ForgetsInitialStatistics, recipe.Average,
                recipe.Mixing));
        Assert.Contains(Table.Single(row => row.Name == name).Expected, published.Expected, StringComparison.Ordinal);
        // The rest is the same in all of them: ten steps of 2/255, crops and flips, a momentum of 0.9 where no schedule moves it.
        Assert.Equal(
            (10, (double?)null, 2.5, divergence ? new KullbackLeibler() : new CrossEntropy(), 0.9, ThreatModel.Linf(8, outOf: 255)),
            (attack.Steps, attack.StepSize, attack.Reach, attack.Loss, optimizer.Momentum, published.Plan.Threat));
        Assert.Equal(new TrainingRecipe() with { ExtraShare = recipe.ExtraShare }, new TrainingRecipe
        {
            ExtraShare = recipe.ExtraShare,
            MicroBatchSize = recipe.MicroBatchSize,
            Radius = recipe.Radius,
            Perturbation = recipe.Perturbation,
            EarlyStopping = recipe.EarlyStopping,
            Recovery = recipe.Recovery,
            Augmentations = recipe.Augmentations,
            ValidationAttack = recipe.ValidationAttack,
            ValidationImages = recipe.ValidationImages,
        });
    }

    [Theory]
    [InlineData("madry")]
    [InlineData("trades")]
    [InlineData("mart")]
    public void LearningRate_OfHuang_DropsAtThreeQuartersAndNineTenths(string name) =>
        AssertRates(name, [0, 74, 75, 89, 90, 99], epoch => epoch >= 90 ? 0.1 * 0.01 : epoch >= 75 ? 0.1 * 0.1 : 0.1);

    [Theory]
    [InlineData("trades-500k")]
    [InlineData("trades-500k-ema")]
    public void LearningRate_OfHuangWithExtraImages_IsTheCosineAnEpochLate(string name) =>
        AssertRates(name, [0, 1, 2, 100, 201, 399], epoch => 0.1 * 0.5 * (1 + Math.Cos((epoch - 1) / 400.0 * Math.PI)));

    [Fact]
    public void LearningRate_OfRiceAndPang_DropsWhereTheirCodeSays()
    {
        AssertRates("rice", [0, 99, 100, 149, 150, 199], epoch => epoch / 200.0 < 0.5 ? 0.1 : epoch / 200.0 < 0.75 ? 0.1 / 10 : 0.1 / 100);
        AssertRates("pang", [0, 99, 100, 104, 105, 109], epoch => epoch < 100 ? 0.1 : epoch < 105 ? 0.1 / 10 : 0.1 / 100);
    }

    /// <summary>PyTorch's OneCycleLR of as many steps as epochs, a fortieth of them up.</summary>
    [Theory]
    [InlineData("gowal", 400, 0.4)]
    [InlineData("rebuffi", 400, 0.4)]
    [InlineData("rebuffi-cutmix", 400, 0.4)]
    [InlineData("wang-1m", 400, 0.2)]
    [InlineData("wang-20m", 2400, 0.2)]
    public void LearningRateAndMomentum_OfTheLeaderboard_AreOneCycleOfEpochs(string name, int epochs, double highest)
    {
        int[] chosen = [0, 1, 9, 10, 59, 60, 200, epochs - 1];

        AssertRates(name, chosen, epoch => OneCycle(epoch, highest / 25, highest, highest / 25 / 10_000));
        TrainingRecipe recipe = PublishedPlans.Get(name).Recipe;
        Assert.All(chosen, epoch => Assert.Equal(OneCycle(epoch, 0.95, 0.85, 0.95), recipe.Schedule.MomentumAt(new TrainingPosition(epoch, epochs, 5, Steps))!.Value, 1e-12));

        double OneCycle(int epoch, double from, double over, double to)
        {
            double turn = 0.025 * epochs - 1;
            return epoch <= turn ? Annealed(from, over, epoch / turn) : Annealed(over, to, (epoch - turn) / (epochs - 1 - turn));
        }

        static double Annealed(double start, double end, double share) => end + (start - end) / 2 * (Math.Cos(Math.PI * share) + 1);
    }

    [Fact]
    public void Find_Alias_IsThePlan()
    {
        Assert.Same(PublishedPlans.Wang1M, PublishedPlans.Find("Wang"));
        Assert.Same(PublishedPlans.HuangMadry, PublishedPlans.Find("SAT"));
        Assert.Null(PublishedPlans.Find("huang"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ScaledTo_FewEpochs_LearnsInEveryOneOfThem(string name)
    {
        foreach (int epochs in (int[])[1, 2, 3])
        {
            TrainingRecipe recipe = PublishedPlans.Get(name).ScaledTo(epochs, 1_500).Recipe;

            Assert.Empty(recipe.Problems());
            for (int epoch = 0; epoch < epochs; epoch++)
                Assert.True(Enumerable.Range(0, Steps).Average(step => recipe.LearningRateAt(epoch, step, Steps)) > recipe.LearningRate / 200, $"epoch {epoch} of {epochs} stands still");
        }
    }

    private static Row Silu(string name, string expected, int epochs, int batch, double rate, double beta, double extra) => new(
        name, "WRN-28-10-SiLU", expected, epochs, batch, rate, 5e-4, Beta: beta, Smoothing: 0.1, Extra: extra, Nesterov: true, Decayed: DecayedParameters.AllButNorms,
        Attack: BatchNormMode.BatchStatistics, Forgets: true, Average: new WeightAverage { Decay = 0.995, WarmUp = 0.025 });

    // At the first and at the last step: none of these change within an epoch.
    private static void AssertRates(string name, int[] epochs, Func<int, double> published)
    {
        TrainingRecipe recipe = PublishedPlans.Get(name).Recipe;
        Assert.All(epochs, epoch => Assert.All((int[])[0, Steps - 1], step => Assert.Equal(published(epoch), recipe.LearningRateAt(epoch, step, Steps), 1e-12)));
    }

    private sealed record Row(
        string Name, string Network, string Expected, int Epochs, int Batch, double Rate, double Decay, double? Clip = null, double? Beta = null, double Smoothing = 0,
        string? Start = nameof(RandomStart), double? Extra = null, bool Nesterov = false, DecayedParameters Decayed = DecayedParameters.All, BatchNormMode Attack = BatchNormMode.Evaluation,
        bool Forgets = false, WeightAverage? Average = null, IBatchAugmentation? Mixing = null);
}
