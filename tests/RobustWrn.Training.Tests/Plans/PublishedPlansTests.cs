using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

public class PublishedPlansTests
{
    public static TheoryData<string> Names => [.. PublishedPlans.All.Select(plan => plan.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Get_EveryName_IsASoundPlanThatItsJsonGivesBack(string name)
    {
        TrainingPlan plan = PublishedPlans.Get(name.ToUpperInvariant());

        Assert.Empty(plan.Problems());
        Assert.Equal(plan, DescriptionJson.Read<TrainingPlan>(DescriptionJson.Write(plan)));
    }

    [Fact]
    public void All_Names_AreUnique() => Assert.Distinct(
        PublishedPlans.All.SelectMany(plan => plan.Aliases.Prepend(plan.Name)), StringComparer.OrdinalIgnoreCase);

    [Fact]
    public void Get_UnknownName_ListsTheNames() => Assert.Contains("madry (or sat), trades, mart", Assert.Throws<ArgumentException>(() => PublishedPlans.Get("nothing")).Message, StringComparison.Ordinal);

    [Fact]
    public void Problems_OfItsParts_AreAllReported() =>
        Assert.Equal(["Objective.Beta", "Recipe.Epochs", "Threat.Epsilon"], new TrainingPlan
        {
            Objective = new Trades { Beta = -1 },
            Recipe = new TrainingRecipe { Epochs = 0 },
            Threat = ThreatModel.Linf(0.5) with { Epsilon = 8 },
        }.Problems().Select(problem => problem.Subject));

    /// <summary>All images of CIFAR-10 leave the batches as they are; few images get small ones, with the learning rate in proportion.</summary>
    [Theory]
    [InlineData(49_000, 128, 0.1)]
    [InlineData(5_120, 128, 0.1)]
    [InlineData(5_119, 64, 0.05)]
    [InlineData(1_500, 32, 0.025)]
    [InlineData(10, 16, 0.0125)]
    public void ScaledTo_Images_KeepsFortyStepsAnEpoch(long images, int batch, double rate)
    {
        TrainingRecipe recipe = new TrainingRecipe().ScaledTo(7, images);

        Assert.Equal((7, batch, rate), (recipe.Epochs, recipe.BatchSize, recipe.LearningRate));
    }

    [Fact]
    public void ScaledTo_PartsThatCountInEpochsOrImages_AreScaledToo()
    {
        TrainingRecipe recipe = new() { Epochs = 100, MicroBatchSize = 64, Perturbation = new AdversarialWeightPerturbation { FromEpoch = 10 } };

        TrainingRecipe scaled = recipe.ScaledTo(20, 1_500);

        Assert.Equal((32, 2), (scaled.MicroBatchSize, scaled.Perturbation!.FromEpoch));
        Assert.Empty(scaled.Problems());
    }

    /// <summary>A patience of ten epochs would never end a training of five.</summary>
    [Theory]
    [InlineData(20, 2, 6)]
    [InlineData(5, 1, 1)]
    [InlineData(200, 20, 60)]
    public void ScaledTo_EarlyStopping_KeepsItsShareOfTheTraining(int epochs, int patience, int notBefore)
    {
        TrainingRecipe recipe = new() { Epochs = 100, EarlyStopping = new EarlyStopping { Patience = 10, NotBefore = 30 } };

        Assert.Equal(new EarlyStopping { Patience = patience, NotBefore = notBefore }, recipe.ScaledTo(epochs, 1_500).EarlyStopping);
    }
}
