using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>
/// Published code sets its rate once an epoch: a share that falls within an epoch takes effect at the start of the next one.
/// </summary>
public class DropAtEpochTests
{
    [Theory]
    [InlineData(57, 0, 0.2)]
    [InlineData(57, 390, 0.2)] // 0.75 of 77 epochs is 57.75
    [InlineData(58, 0, 0.02)]
    [InlineData(69, 390, 0.02)] // 0.9 of them 69.3
    [InlineData(70, 0, 0.002)]
    public void LearningRateAt_SeventySevenEpochs_DropsAtTheStartOfAnEpoch(int epoch, int step, double rate) =>
        Assert.Equal(rate, new TrainingRecipe { Epochs = 77, LearningRate = 0.2 }.LearningRateAt(epoch, step, 391), 1e-15);

    [Fact]
    public void LearningRateAt_AnyNumberOfEpochs_IsOneRateAnEpoch()
    {
        for (int epochs = 1; epochs <= 120; epochs++)
        {
            TrainingRecipe recipe = new() { Epochs = epochs };
            for (int epoch = 0; epoch < epochs; epoch++)
            {
                double published = epoch >= 0.9 * epochs ? 0.001 : epoch >= 0.75 * epochs ? 0.01 : 0.1;
                Assert.Equal(published, recipe.LearningRateAt(epoch, 0, 391), 1e-15);
                Assert.Equal(published, recipe.LearningRateAt(epoch, 390, 391), 1e-15);
            }
        }
    }

    [Fact]
    public void LearningRateAt_InsideAWarmUp_DropsAtTheStartOfAnEpochToo()
    {
        TrainingRecipe recipe = new() { Epochs = 77, LearningRate = 0.2, Schedule = new WarmUpRate() };
        Assert.Equal(0.2, recipe.LearningRateAt(57, 390, 391), 1e-15);
    }

    /// <summary>Three epochs have no start behind three quarters: there it drops within the last one.</summary>
    [Fact]
    public void ScaledTo_FewerEpochs_DropsWithinThem()
    {
        TrainingRecipe recipe = new TrainingRecipe().ScaledTo(epochs: 3, images: 50_000);
        Assert.Equal(0.1, recipe.LearningRateAt(2, 0, 400), 1e-15);
        Assert.Equal(0.01, recipe.LearningRateAt(2, 100, 400), 1e-15);
        Assert.Equal(0.001, recipe.LearningRateAt(2, 280, 400), 1e-15);
    }

    /// <summary>A drop that is named is one that a training sees, and none is left out: by the rates themselves.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DropsAfter_AnyNumberOfEpochs_NamesTheEpochsBeforeLowerRates(bool within)
    {
        PiecewiseRate schedule = new()
        {
            Drops = [new RateDrop(0.2, 0.5), new RateDrop(0.21, 0.2), new RateDrop(0.5, 1), new RateDrop(0.9, 0.01)],
            WithinEpochs = within,
        };
        for (int epochs = 1; epochs <= 120; epochs++)
        {
            const int Steps = 1_000;
            double[] rates =
            [
                .. Enumerable.Range(0, epochs * Steps)
                    .Select(i => schedule.FactorAt(new TrainingPosition(i / Steps, epochs, i % Steps, Steps))),
            ];
            int[] falls = [.. Enumerable.Range(1, rates.Length - 1).Where(i => rates[i] < rates[i - 1]).Select(i => i / Steps)
                .Where(epoch => epoch >= 1).Distinct()];
            Assert.Equal(falls, schedule.DropsAfter(epochs));
            Assert.Equal(falls, new WarmUpRate { Then = schedule }.DropsAfter(epochs));
        }
        Assert.Empty(((ILearningRateSchedule)new CosineRate()).DropsAfter(100));
    }

    [Fact]
    public void Json_DefaultSchedule_IsAsBeforeSoThatCheckpointsGoOn()
    {
        Assert.DoesNotContain("within", DescriptionJson.Write(new PiecewiseRate()), StringComparison.OrdinalIgnoreCase);
        ILearningRateSchedule within = new PiecewiseRate { WithinEpochs = true };
        Assert.Equal(within, DescriptionJson.Read<ILearningRateSchedule>(DescriptionJson.Write(within)));
    }
}
