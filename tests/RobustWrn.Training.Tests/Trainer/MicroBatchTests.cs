using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class MicroBatchTests
{
    private static readonly WideResNetSpec WithoutBatchNorm = Small.Network with { FeatureNormalization = new GroupNormalization() };

    /// <summary>Without batch norm, the gradients of the parts add up to the whole batch's.</summary>
    [Theory]
    [InlineData("natural", 4)]
    [InlineData("trades", 5)]
    [InlineData("mart", 8)]
    [InlineData("madry", 15)]
    public void Fit_PartsOfABatchWithoutBatchNorm_AreTheWholeBatch(string objective, int size)
    {
        using Classifier whole = WithoutBatchNorm.Build(1), parts = WithoutBatchNorm.Build(1);
        foreach (Classifier classifier in (Classifier[])[whole, parts])
            classifier.to(ScalarType.Float64);
        IRobustObjective minimised = DescriptionJson.Read<IRobustObjective>($$"""{"version": 1, "type": "{{objective}}"}""");
        TrainingRecipe recipe = Small.Recipe with { Epochs = 1, Perturbation = new AdversarialWeightPerturbation(), Average = new WeightAverage() };

        TrainingResult one = Small.Fit(whole, minimised, recipe), many = Small.Fit(parts, minimised, recipe with { MicroBatchSize = size });

        Assert.Equal(one.Last.Loss, many.Last.Loss, 1e-9);
        Assert.Equal(one.Last.GradientNorm, many.Last.GradientNorm, 1e-9);
        Assert.Equal(one.Last.Parts.Select(part => part.Name), many.Last.Parts.Select(part => part.Name));
        Dictionary<string, Tensor> given = parts.Network.state_dict();
        foreach ((string name, Tensor tensor) in whole.Network.state_dict())
            Assert.True(tensor.allclose(given[name], rtol: 1e-8, atol: 1e-10), name);
    }

    [Fact]
    public void Fit_PartsOfABatchWithBatchNorm_AreAnotherTraining()
    {
        using Classifier whole = Small.Network.Build(1), parts = Small.Network.Build(1), all = Small.Network.Build(1);

        Small.Fit(whole, recipe: Small.Recipe with { Epochs = 1 });
        Small.Fit(parts, recipe: Small.Recipe with { Epochs = 1, MicroBatchSize = 8 });
        Small.Fit(all, recipe: Small.Recipe with { Epochs = 1, MicroBatchSize = 16 });

        Assert.False(Small.SameBits(whole.Network.state_dict()["bn1.running_mean"], parts.Network.state_dict()["bn1.running_mean"]));
        Small.AssertSameWeights(whole, all);
    }

    [Theory]
    [InlineData(50, 16, new[] { 16, 16, 16, 2 })]
    [InlineData(49, 16, new[] { 16, 16, 17 })] // one image alone teaches batch norm nothing
    [InlineData(48, 16, new[] { 16, 16, 16 })]
    [InlineData(3, 2, new[] { 3 })]
    [InlineData(7, null, new[] { 7 })]
    public void Sizes_AnyBatch_CoverItInOrder(int images, int? size, int[] expected)
    {
        (int From, int Count)[] parts = [.. MicroBatch.Sizes(images, size)];

        Assert.Equal(expected, parts.Select(part => part.Count));
        Assert.Equal(expected.Select((_, i) => expected.Take(i).Sum()), parts.Select(part => part.From));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    public void Problems_PartsThatAreNone_SayTheRange(int size)
    {
        Problem problem = Assert.Single((Small.Recipe with { MicroBatchSize = size }).Problems());

        Assert.Equal(("MicroBatchSize", $"must be at least 2 and at most the batch size 16, got {size}. Leave it out for whole batches."), (problem.Subject, problem.Message));
    }

    [Fact]
    public void Memory_Parts_CountOneOfThemAndTheCopies()
    {
        TrainingRecipe recipe = new() { MicroBatchSize = 32 };
        TrainingMemory parts = TrainingMemory.Of(WideResNetSpec.Wrn(28, 10), new Natural(), recipe, 32, 32);
        long parameters = WideResNetSpec.Wrn(28, 10).Cost(32, 32).Parameters;

        Assert.Equal(TrainingMemory.Of(WideResNetSpec.Wrn(28, 10), new Natural(), new TrainingRecipe { BatchSize = 32 }, 32, 32), parts);
        Assert.Equal(4 * 4 * parameters, TrainingMemory.Of(WideResNetSpec.Wrn(28, 10), new Natural(), recipe with { Average = new WeightAverage() }, 32, 32).Copies);
        Assert.EndsWith(", copies 0.54 GiB)", TrainingMemory.Of(WideResNetSpec.Wrn(28, 10), new Natural(), recipe with { Perturbation = new AdversarialWeightPerturbation() }, 32, 32).ToString());
    }
}
