using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

public class ScheduleTests
{
    [Theory]
    [InlineData(0, 0, 0.1)]
    [InlineData(74, 390, 0.1)]
    [InlineData(75, 0, 0.01)]
    [InlineData(89, 390, 0.01)]
    [InlineData(90, 0, 0.001)]
    [InlineData(99, 390, 0.001)]
    public void LearningRateAt_DefaultRecipe_DropsWhereThePublishedOneDoes(int epoch, int step, double rate) =>
        Assert.Equal(rate, new TrainingRecipe().LearningRateAt(epoch, step, 391), 1e-15);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1.0 / 3, 0.775)]
    [InlineData(0.5, 0.55)]
    [InlineData(1, 0.1)]
    public void Cosine_WithFinal_FollowsTheClosedForm(double progress, double factor) => Assert.Equal(factor, new CosineRate { Final = 0.1 }.Factor(progress), 1e-12);

    [Fact]
    public void Constant_Anywhere_IsOne() => Assert.Equal([1, 1, 1], ((double[])[0, 0.5, 0.999]).Select(new ConstantRate().Factor));

    [Fact]
    public void Piecewise_DropsOutOfOrder_IsRefusedWithTheirPlaces()
    {
        PiecewiseRate schedule = new() { Drops = [new RateDrop(0.5, 0.1), new RateDrop(0.4, 0), new RateDrop(1, 0.1)] };

        Assert.Equal(["Drops[1].From", "Drops[1].Factor", "Drops[2].From"], schedule.Problems().Select(problem => problem.Subject));
    }

    [Fact]
    public void Recipe_AsJson_ComesBackEqual()
    {
        TrainingRecipe recipe = new()
        {
            Epochs = 7,
            Schedule = new CosineRate { Final = 0.01 },
            Optimizer = new Sgd { Nesterov = true },
            GradientNormClip = null,
            Augmentations = [new HorizontalFlip()],
            ValidationAttack = new Attacks.Pgd { Steps = 3 },
        };

        Assert.Equal(recipe, DescriptionJson.Read<TrainingRecipe>(DescriptionJson.Write(recipe)));
        Assert.Equal(new TrainingRecipe(), DescriptionJson.Read<TrainingRecipe>(DescriptionJson.Write(new TrainingRecipe())));
    }
}
