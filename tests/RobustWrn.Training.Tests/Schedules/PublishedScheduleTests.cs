using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>Rates and radii of each epoch as the code of Huang et al. 2021 prints them. Its last entry, the epoch after the last, no run reaches.</summary>
[Trait("Category", VectorRun.Category)]
public class PublishedScheduleTests
{
    private const double Radius = 8.0 / 255;

    [Theory]
    [InlineData("lr.fixed.100", 100)]
    [InlineData("lr.fixed.400", 400)]
    [InlineData("lr.cosine.100", 100)]
    [InlineData("lr.cosine.400", 400)]
    [InlineData("lr.search.100", 100)]
    [InlineData("lr.search.400", 400)]
    public void LearningRateAt_EachEpoch_IsThePublishedOne(string name, int epochs)
    {
        ILearningRateSchedule schedule = name.Split('.')[1] switch
        {
            "fixed" => new PiecewiseRate(),
            "cosine" => new LateCosineRate(),
            _ => new PiecewiseRate { Drops = [new RateDrop(75.0 / epochs, 0.1), new RateDrop(90.0 / epochs, 0.01)] },
        };
        TrainingRecipe recipe = new() { Epochs = epochs, Schedule = schedule };
        double[] published = Published(name);

        for (int epoch = 0; epoch < epochs; epoch++)
        {
            // Near its end the cosine is a difference of almost equal numbers.
            double tolerance = Math.Max(published[epoch] * 1e-12, 1e-16);
            Assert.Equal(published[epoch], recipe.LearningRateAt(epoch, 0, 391), tolerance);
            Assert.Equal(published[epoch], recipe.LearningRateAt(epoch, 390, 391), tolerance);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(400)]
    public void ThreatAt_EachEpoch_HasThePublishedRadius(int epochs)
    {
        TrainingRecipe oscillating = new() { Epochs = epochs, Radius = new CosineRadius { Oscillates = true } }, holding = new() { Epochs = epochs, Radius = new CosineRadius() };
        double[] published = Published($"eps.{epochs}");

        for (int epoch = 0; epoch < epochs; epoch++)
        {
            Assert.Equal(published[epoch], oscillating.ThreatAt(ThreatModel.Linf(8, outOf: 255), new TrainingPosition(epoch, epochs, 7, 391)).Epsilon, 1e-14);
            double whole = epoch < epochs / 5 ? published[epoch] : Radius;
            Assert.Equal(whole, holding.ThreatAt(ThreatModel.Linf(8, outOf: 255), new TrainingPosition(epoch, epochs, 7, 391)).Epsilon, 1e-14);
        }
    }

    private static double[] Published(string name)
    {
        using VectorCase vectors = VectorCase.Open("schedules");
        return vectors[$"out.f64.{name}"].data<double>().ToArray();
    }
}
