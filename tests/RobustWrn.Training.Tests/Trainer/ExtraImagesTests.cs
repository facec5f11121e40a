using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>Trainings whose batches hold extra images too.</summary>
public class ExtraImagesTests
{
    [Fact]
    public void Fit_WithExtraImages_FillsEveryBatchWithThem()
    {
        List<long[]> own = [], extra = [];
        using Classifier classifier = Small.Network.Build(1);

        Small.Fit(classifier, recipe: Small.Recipe with { Epochs = 2 }, data: Splits(own, extra));

        // 50 own images make 4 batches of 16 an epoch; 8 of each are own ones.
        Assert.Equal(8, extra.Count);
        Assert.All([.. own, .. extra], indices => Assert.Equal(8, indices.Length));
        Assert.Distinct(own.Take(4).SelectMany(indices => indices));
        Assert.NotEqual(own.Take(4).SelectMany(indices => indices).Order(), own.Skip(4).SelectMany(indices => indices).Order());
        Assert.NotEqual(extra[0], extra[4]);
    }

    /// <summary>As many steps as the published trainings take on 50,000 images.</summary>
    [Theory]
    [InlineData(256, 0.5, 196)]
    [InlineData(512, 0.7, 98)]
    public void Steps_PublishedRecipes_AreThoseWithoutExtraImages(int batchSize, double share, int steps)
    {
        TrainingRecipe recipe = Small.Recipe with { BatchSize = batchSize, ExtraShare = share };
        TrainingSplits data = Bars.Splits(train: 50_000);
        TrainingBatches without = new(data, recipe, RandomStream.From(1)), with = new(data with { Extra = new Bars(30, 3) }, recipe, RandomStream.From(1));

        Assert.Equal((steps, steps, (long)steps * batchSize), (without.Steps, with.Steps, with.ImagesPerEpoch));
    }

    /// <summary>Augmentation, dropout, mixing and attacks go by the id, so draws with ids of their own are changed and attacked anew.</summary>
    [Fact]
    public void Fit_AnExtraImageDrawnOften_IsChangedAnewEachTime()
    {
        Dictionary<long, float> noise = [];
        HashSet<string> seen = [];
        using Classifier classifier = Small.Network.Build(1);
        TrainingSplits data = Bars.Splits(train: 2) with { Extra = new Bars(1, 3) };
        TrainingRecipe recipe = Small.Recipe with { Epochs = 1, ExtraShare = 0.9, Augmentations = [new RandomCrop()] };

        Small.Fit(classifier, new NoiseProbe(noise), recipe, Bars.Splits() with { Extra = new Bars(3, 3) });
        Small.Fit(classifier, new Onlooker(seen), recipe, data);

        Assert.Equal(4 * 16, noise.Values.Distinct().Count());
        // One step: 14 draws of one image and 2 own ones, each moved to one of 81 places.
        Assert.InRange(seen.Count, 12, 16);
    }

    [Fact]
    public void Fit_PartsOfABatchWithExtraImages_AreTheWholeBatch()
    {
        WideResNetSpec network = Small.Network with { FeatureNormalization = new GroupNormalization() };
        using Classifier whole = network.Build(1), parts = network.Build(1);
        foreach (Classifier classifier in (Classifier[])[whole, parts])
            classifier.to(ScalarType.Float64);
        TrainingRecipe recipe = Small.Recipe with { Epochs = 1, Augmentations = [new RandomCrop()] };

        TrainingResult one = Small.Fit(whole, new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 2 } }, recipe, Splits([], []));
        TrainingResult many = Small.Fit(parts, new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 2 } }, recipe with { MicroBatchSize = 5 }, Splits([], []));

        Assert.Equal(one.Last.Loss, many.Last.Loss, 1e-9);
        Assert.Equal(one.Last.GradientNorm, many.Last.GradientNorm, 1e-9);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public void Fit_StoppedWithExtraImages_EndsAsIfItHadNotBeen(int stoppedAt)
    {
        using ScratchFolder folder = new();
        WideResNetSpec network = Small.Network.WithStage(0, stage => stage with { Dropout = 0.2 });
        using Classifier expected = network.Build(1), stopped = network.Build(1), actual = network.Build(1);
        TrainingOptions options = new() { CheckpointFolder = folder.Path, CheckpointEverySteps = 2 };
        TrainingRecipe recipe = Small.Recipe with { Augmentations = [new RandomCrop()], Mixing = new CutMix() };
        Madry objective = new() { InnerAttack = Madry.DefaultAttack with { Steps = 1 } };
        Small.Fit(expected, objective, recipe, Splits([], []));
        int reads = 0;
        void Stop()
        {
            if (++reads == 2 * stoppedAt)
                throw new PowerCut();
        }

        Assert.Throws<PowerCut>(() => Small.Fit(stopped, objective, recipe, Splits([], [], Stop), options: options));
        Small.Fit(actual, objective, recipe, Splits([], []), options: options);

        Small.AssertSameWeights(expected, actual);
    }

    [Fact]
    public void Fit_OtherExtraImagesInTheSameFolder_AreRefused()
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Small.Network.Build(1), again = Small.Network.Build(1);
        TrainingOptions options = new() { CheckpointFolder = folder.Path };
        Small.Fit(classifier, recipe: Small.Recipe with { Epochs = 1 }, data: Splits([], []), options: options);

        CheckpointRefusedException refused = Assert.Throws<CheckpointRefusedException>(
            () => Small.Fit(again, recipe: Small.Recipe with { Epochs = 1 }, data: Bars.Splits() with { Extra = new Bars(31, 9) }, options: options));

        Assert.Contains("extraImages", refused.Message);
    }

    [Fact]
    public void Check_ExtraImagesThatDoNotFit_AreNamed()
    {
        TrainingSplits data = Bars.Splits() with { Extra = new Bars(30, 9, channels: 3, classes: 4) };

        IReadOnlyList<Problem> problems = new RobustTrainer(new Natural(), Small.Recipe with { ExtraShare = 1 }).Check(Small.Network, data, Small.Threat);

        Assert.Equal(["Recipe.ExtraShare", "data.Extra", "data.Extra"], problems.Select(problem => problem.Subject));
    }

    private static TrainingSplits Splits(List<long[]> own, List<long[]> extra, Action? onRead = null)
    {
        void Note(List<long[]> list, long[] indices)
        {
            onRead?.Invoke();
            list.Add(indices);
        }
        return new TrainingSplits(new Bars(50, 1) { OnRead = indices => Note(own, indices) }, new Bars(20, 2))
        {
            Extra = new Bars(30, 3) { OnRead = indices => Note(extra, indices) },
        };
    }

    private sealed class PowerCut : Exception;

    /// <summary>Natural training that remembers the images it was given.</summary>
    private sealed class Onlooker(HashSet<string> seen) : IRobustObjective
    {
        public string Name => "onlooker";

        public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
        {
            using (DisposeScope scope = NewDisposeScope())
            {
                for (int i = 0; i < context.Examples.Count; i++)
                    seen.Add(Convert.ToHexString(context.Images[i].contiguous().bytes));
            }
            return new Natural().Evaluate(context, cancellationToken);
        }

        public IEnumerable<Problem> Problems() => [];
    }
}
