using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

public class RobustTrainerTests
{
    private static readonly WideResNetSpec Network = WideResNetSpec.Of(4, [1, 1], [4, 8]) with { Classes = 2, InputChannels = 1 };
    private static readonly ThreatModel Threat = ThreatModel.Linf(8, outOf: 255);
    private static readonly TrainingRecipe Recipe = new() { Epochs = 3, BatchSize = 16, LearningRate = 0.05, Augmentations = [] };

    [Fact]
    public void Fit_SeparableImages_LearnsThemUnderAttack()
    {
        using Classifier classifier = Network.Build(1);

        TrainingResult result = new RobustTrainer(new Madry { InnerSteps = 2 }, Recipe with { Epochs = 6 }).Fit(classifier, Bars.Splits(), Threat, 1);

        Assert.Equal(new Proportion(20, 20), result.Best.Robust);
        Assert.True(result.Last.Loss < result.Epochs[0].Loss);
        Assert.False(classifier.training);
    }
}
