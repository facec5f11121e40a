using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>Trainings whose images are mixed with others of their batch.</summary>
public class MixingTests
{
    private static readonly WideResNetSpec WithoutBatchNorm = Small.Network with { FeatureNormalization = new GroupNormalization() };

    [Theory]
    [InlineData(null)]
    [InlineData(5)]
    public void Fit_Mixing_GivesTheObjectiveImagesAndLabelsThatBelongTogether(int? microBatchSize)
    {
        List<(long Example, float Share, long First, long Second, long Plain)> seen = [];
        using Classifier classifier = Small.Network.Build(1);

        Small.Fit(classifier, new Witness(seen), Small.Recipe with { Epochs = 1, Mixing = new MixUp(), MicroBatchSize = microBatchSize });

        Assert.Equal(50, seen.Select(entry => entry.Example).Distinct().Count());
        Assert.Contains(seen, entry => entry.First != entry.Second);
        Assert.All(seen, entry => Assert.Equal(entry.Example % 2, entry.First));
        Assert.All(seen, entry => Assert.Equal(entry.Share >= 0.5f ? entry.First : entry.Second, entry.Plain));
    }

    /// <summary>The mixture is of the batch, whatever parts go through the network together.</summary>
    [Fact]
    public void Fit_MixingInPartsWithoutBatchNorm_IsTheWholeBatch()
    {
        using Classifier whole = WithoutBatchNorm.Build(1), parts = WithoutBatchNorm.Build(1);
        foreach (Classifier classifier in (Classifier[])[whole, parts])
            classifier.to(ScalarType.Float64);
        TrainingRecipe recipe = Small.Recipe with { Epochs = 1, Mixing = new CutMix { Probability = 1 } };

        TrainingResult one = Small.Fit(whole, new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 2 } }, recipe), many = Small.Fit(parts, new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 2 } }, recipe with { MicroBatchSize = 5 });

        Assert.Equal(one.Last.Loss, many.Last.Loss, 1e-9);
        Assert.Equal(one.Last.GradientNorm, many.Last.GradientNorm, 1e-9);
    }

    [Fact]
    public void Fit_MixingWithProbabilityZero_IsTheTrainingWithout()
    {
        using Classifier plain = Small.Network.Build(1), unmixed = Small.Network.Build(1);

        TrainingResult one = Small.Fit(plain, recipe: Small.Recipe with { Epochs = 1 });
        TrainingResult other = Small.Fit(unmixed, recipe: Small.Recipe with { Epochs = 1, Mixing = new CutMix { Probability = 0 } });

        Assert.Equal(one.Last.Loss, other.Last.Loss, 1e-5);
    }

    [Fact]
    public void Recipe_WithMixing_GoesThroughJson()
    {
        TrainingRecipe recipe = Small.Recipe with { Mixing = new CutMix { Alpha = 0.5 }, ExtraShare = 0.8 };

        Assert.Equal(recipe, DescriptionJson.Read<TrainingRecipe>(DescriptionJson.Write(recipe)));
        Assert.Equal(["Mixing.Alpha"], (recipe with { Mixing = new MixUp { Alpha = -1 } }).Problems().Select(problem => problem.Subject));
    }

    private sealed class Witness(List<(long Example, float Share, long First, long Second, long Plain)> seen) : IRobustObjective
    {
        public string Name => "witness";

        public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
        {
            MixedLabels mixed = context.Mixed!;
            using (DisposeScope scope = NewDisposeScope())
            {
                for (int i = 0; i < context.Examples.Count; i++)
                {
                    seen.Add((context.Examples[i], mixed.Share[i].item<float>(), mixed.First[i].item<long>(), mixed.Second[i].item<long>(), context.Labels[i].item<long>()));
                }
            }
            return new Natural().Evaluate(context, cancellationToken);
        }

        public IEnumerable<Problem> Problems() => [];
    }
}
