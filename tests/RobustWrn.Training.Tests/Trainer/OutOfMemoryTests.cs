using System.Runtime.InteropServices;
using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class OutOfMemoryTests
{
    // As CUDA's allocator words it.
    private const string Cuda = "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 3.00 MiB of which 1.00 MiB is free. Process 1 has 2.00 MiB memory in use.\nException raised from malloc";

    [Theory]
    [InlineData(Cuda, true, 3L << 20)]
    [InlineData("CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 23.65 GiB of which 12.00 MiB is free.", true, 25393994137L)]
    [InlineData("CUDA error: out of memory", true, null)]
    [InlineData("[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4398046511104 bytes. Error code 12", true, null)]
    [InlineData("DefaultCPUAllocator: not enough memory: you tried to allocate 4398046511104 bytes.", true, null)]
    [InlineData("The size of tensor a (3) must match the size of tensor b (4)", false, null)]
    public void Is_WordsOfLibtorch_AreKnown(string message, bool expected, long? capacity)
    {
        ExternalException exception = new(message);

        Assert.Equal(expected, OutOfMemory.Is(exception));
        Assert.Equal(capacity, OutOfMemory.Capacity(exception));
        Assert.False(OutOfMemory.Is(new InvalidOperationException(message)));
    }

    /// <summary>The attacks of training and validation are cut into parts, and every number is that of whole batches.</summary>
    [Theory]
    [InlineData(15, 8)]
    [InlineData(3, 2)]
    public void Fit_NoMemoryForTheAttack_GoesOnInPartsToTheSameEnd(int fits, int atOnce)
    {
        Narrow narrow = new() { Fits = fits };
        Lines log = new();
        using Classifier expected = Small.Network.Build(1), actual = Small.Network.Build(1);
        foreach (Classifier classifier in (Classifier[])[expected, actual])
            classifier.to(ScalarType.Float64);

        TrainingResult whole = Small.Fit(expected, new Madry { InnerAttack = new Narrow() }, Small.Recipe with { ValidationAttack = new Narrow() });
        TrainingResult parts = Small.Fit(actual, new Madry { InnerAttack = narrow }, Small.Recipe with { ValidationAttack = narrow }, options: new TrainingOptions { Logger = log });

        Assert.Equal(whole.Epochs.Select(epoch => (epoch.Clean, epoch.Robust)), parts.Epochs.Select(epoch => (epoch.Clean, epoch.Robust)));
        Dictionary<string, Tensor> given = actual.Network.state_dict();
        Assert.All(expected.Network.state_dict(), pair => Assert.True(pair.Value.allclose(given[pair.Key], rtol: 1e-9, atol: 1e-12), pair.Key));
        // It is learned once, not at every batch.
        string[] warnings = [.. log.Entries.Where(entry => entry.StartsWith("Warning: No memory to attack", StringComparison.Ordinal))];
        Assert.Equal((int)Math.Ceiling(Math.Log2(16.0 / atOnce)), warnings.Length);
        Assert.Contains($"going on with {atOnce}, to the same result: CUDA out of memory. Tried to allocate 2.50 GiB.", warnings[^1]);
    }

    /// <summary>Half a batch has other statistics, and a single image cannot be cut.</summary>
    [Theory]
    [InlineData(BatchNormMode.BatchStatistics, 15)]
    [InlineData(BatchNormMode.Evaluation, 0)]
    public void Fit_AttackThatCannotBeCut_StopsWithTheBatchThatFits(BatchNormMode mode, int fits)
    {
        using Classifier classifier = Small.Network.Build(1);

        TrainingOutOfMemoryException stopped = Assert.Throws<TrainingOutOfMemoryException>(() =>
            Small.Fit(classifier, new Madry { InnerAttack = new Narrow { Fits = fits } }, Small.Recipe with { AttackBatchNorm = mode }));

        Assert.Equal(8, stopped.BatchThatFits);
        Assert.Equal(TrainingMemory.Of(Small.Network, new Madry(), Small.Recipe, 8, 8), stopped.Estimate);
    }

    /// <summary>Real: the gradient asks for a pebibyte, which no system promises.</summary>
    [Fact]
    public void Fit_NoMemoryForAStep_StopsWithTheStateBeforeIt()
    {
        using ScratchFolder folder = new();
        using Classifier before = Small.Network.Build(1), classifier = Small.Network.Build(1);
        Small.Fit(before, new Greedy(after: int.MaxValue), Small.Recipe with { Schedule = new ConstantRate(), Epochs = 1 });

        TrainingOutOfMemoryException stopped = Assert.Throws<TrainingOutOfMemoryException>(() =>
            Small.Fit(classifier, new Greedy(after: 4), Small.Recipe with { Schedule = new ConstantRate() }, options: new TrainingOptions { MetricsFolder = folder.Path }));

        Assert.Matches(@"^a training step must fit into memory, but at 16 images at once it did not: .*(can't allocate|not enough) memory: you tried to allocate 1125899906842624 bytes", stopped.Message);
        Assert.Contains("Let 8 images through the network at once: as MicroBatchSize, which keeps the batch, or as BatchSize.", stopped.Message);
        Small.AssertSameWeights(before, classifier);
        Assert.False(classifier.training);
    }

    [Fact]
    public void LargestBatch_AnyLimit_IsTheLastThatFits()
    {
        WideResNetSpec network = WideResNetSpec.Wrn(28, 10);
        TrainingRecipe recipe = new();
        long at40 = Of(40);

        Assert.Equal(40, TrainingMemory.LargestBatch(network, new Trades(), recipe, 32, 32, at40));
        Assert.Equal(39, TrainingMemory.LargestBatch(network, new Trades(), recipe, 32, 32, at40 - 1));
        Assert.Equal(128, TrainingMemory.LargestBatch(network, new Trades(), recipe, 32, 32, long.MaxValue));
        Assert.Equal(2, TrainingMemory.LargestBatch(network, new Trades(), recipe, 32, 32, Of(2)));
        Assert.Null(TrainingMemory.LargestBatch(network, new Trades(), recipe, 32, 32, Of(2) - 1));

        long Of(int batch) => TrainingMemory.Of(network, new Trades(), recipe with { BatchSize = batch }, 32, 32).Total;
    }

    /// <summary>One step of gradient ascent, on a device that holds so many images.</summary>
    private sealed record Narrow : IAttack
    {
        public const string TypeName = "test-narrow";

        public int Fits { get; init; } = int.MaxValue;

        public string Name => "narrow";

        public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default) =>
            context.Images.shape[0] > Fits ? throw new ExternalException(Cuda) : new Pgd { Steps = 2 }.Perturb(context, cancellationToken);

        public long MaxGradients => 2;

        public IAttack WithEffort(double share) => this;

        public IEnumerable<Problem> Problems() => [];
    }

    /// <summary>Natural training whose gradient then takes more memory than there is.</summary>
    private sealed class Greedy(int after) : IRobustObjective
    {
        private int _steps;

        public string Name => "greedy";

        public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
        {
            ObjectiveLoss loss = new Natural().Evaluate(context, cancellationToken);
            return _steps++ < after ? loss : new ObjectiveLoss(loss.Total.expand(1L << 24, 1L << 24).select(0, 0).select(0, 0), loss.Logits, null);
        }

        public IEnumerable<Problem> Problems() => [];
    }
}
