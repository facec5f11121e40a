using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>A training small enough for many runs: 50 images, 4 steps an epoch, 2 batches of validation.</summary>
internal static class Small
{
    /// <summary>Readings of images an epoch: 4 batches to train on, 2 to validate on.</summary>
    public const int ReadsPerEpoch = 6;

    public static WideResNetSpec Network { get; } = WideResNetSpec.Of(4, [1, 1], [4, 8]) with { Classes = 2, InputChannels = 1 };

    public static ThreatModel Threat { get; } = ThreatModel.Linf(8, outOf: 255);

    public static TrainingRecipe Recipe { get; } = new() { Epochs = 3, BatchSize = 16, LearningRate = 0.05, Augmentations = [], ValidationAttack = new Pgd { Steps = 2 } };

    public static TrainingResult Fit(
        Classifier classifier, IRobustObjective? objective = null, TrainingRecipe? recipe = null, TrainingSplits? data = null, Seed? seed = null,
        TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken token = default) =>
        new RobustTrainer(objective ?? new Natural(), recipe ?? Recipe).Fit(classifier, data ?? Bars.Splits(), Threat, seed ?? 7, options, progress, token);

    /// <summary>Fails when one bit of weights or buffers differs.</summary>
    public static void AssertSameWeights(Classifier expected, Classifier actual) => AssertSame(expected.Network.state_dict(), actual.Network.state_dict());

    /// <summary>Fails when one bit of the named tensors differs.</summary>
    public static void AssertSame(IEnumerable<KeyValuePair<string, Tensor>> expected, IEnumerable<KeyValuePair<string, Tensor>> actual)
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> given = actual.ToDictionary();
        Assert.Equal(expected.Select(pair => pair.Key).Order(), given.Keys.Order());
        foreach ((string name, Tensor tensor) in expected)
            Assert.True(SameBits(tensor, given[name]), $"{name} differs");
    }

    public static bool SameBits(Tensor left, Tensor right)
    {
        using DisposeScope scope = NewDisposeScope();
        return left.dtype == right.dtype && left.shape.SequenceEqual(right.shape) && left.detach().contiguous().bytes.SequenceEqual(right.detach().contiguous().bytes);
    }

    /// <summary>The metrics without their times.</summary>
    public static ValueList<EpochMetrics> Timeless(TrainingResult result) => result.Epochs.Select(epoch => epoch with { Elapsed = default, Times = null }).ToValueList();
}
