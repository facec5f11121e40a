using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>How many images are attacked together when nobody says.</summary>
public sealed class BlockSizeTests : IDisposable
{
    private static readonly LinfThreat Threat = ThreatModel.Linf(4, outOf: 255);
    private static readonly AttackSuite Suite = AttackSuite.Of("FGSM", new Fgsm());

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly FallingBatch _batch = new(20, ScalarType.Float32);
    private readonly TensorSource _source;
    private readonly string _folder = TestFolder.Make();

    public BlockSizeTests() => _source = new TensorSource(_batch.Images, _batch.Labels);

    public void Dispose()
    {
        _batch.Dispose();
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What one image takes by the cost of the network, and what the weights take.</summary>
    private (long Weights, long Image) Needs(Classifier classifier)
    {
        NetworkCost cost = classifier.Spec.Cost(8, 8);
        return (4 * cost.Parameters, cost.AttackActivationBytes(1) + 16 * 4 * _batch.Images[0].numel());
    }

    [Theory]
    [InlineData(1_000, 128)]
    [InlineData(128, 128)]
    [InlineData(127.9, 64)]
    [InlineData(64, 64)]
    [InlineData(50, 32)]
    [InlineData(2, 2)]
    [InlineData(1.9, 1)]
    [InlineData(0.1, 1)]
    public void Run_MemoryForSomeImages_TakesThePowerOfTwoThatFits(double images, int size)
    {
        (long weights, long image) = Needs(_batch.Model);
        Assert.Equal(size, Run(_batch.Model, new EvaluationOptions { MemoryLimit = weights + (long)(images * image) }).BlockSize);
    }

    [Fact]
    public void Run_Surrogate_CountsWhereItIsLarger()
    {
        using Classifier large = WideResNetSpec.Of(stem: 4, depths: [2, 2], widths: [24, 32]).Build(2);
        (long small, _) = Needs(_batch.Model);
        (long weights, long image) = Needs(large);
        EvaluationOptions options = new() { MemoryLimit = small + weights + 8 * image };
        Assert.InRange(Run(_batch.Model, options).BlockSize!, 16, 128);
        Assert.Equal(8, Run(_batch.Model, options with { Surrogate = large }).BlockSize);
    }

    [Fact]
    public void Run_ModuleOfUnknownCost_TakesTheDefault()
    {
        using LinearModel model = new(_batch.Model.call(_batch.Images).detach().t().matmul(_batch.Images.flatten(1)), zeros(10));
        Assert.Equal(128, Run(model, new EvaluationOptions { MemoryLimit = 1 }).BlockSize);
    }

    [Fact]
    public void Run_SizeThatIsGiven_IsTakenWhateverMemoryThereIs() =>
        Assert.Equal(7, Run(_batch.Model, new EvaluationOptions { BlockSize = 7, MemoryLimit = 1 }).BlockSize);

    [Fact]
    public void Run_MemoryOfTheMachine_HoldsTheTestNetwork() => Assert.Equal(128, Run(_batch.Model, new EvaluationOptions()).BlockSize);

    /// <summary>A journal keeps the size it began with, and refuses another that is asked for by number.</summary>
    [Fact]
    public void Run_JournalBegunWithLessMemory_GoesOnWithItsSize()
    {
        (long weights, long image) = Needs(_batch.Model);
        EvaluationOptions little = new() { MemoryLimit = weights + 4 * image, JournalFolder = _folder };
        RobustnessResult whole = Run(_batch.Model, little with { JournalFolder = null });
        int blocks = 0;
        using CancellationTokenSource stop = new();
        Assert.Throws<OperationCanceledException>(() => RobustnessEvaluation.Run(_batch.Model, _source, Threat, Suite, little, new Told(() =>
        {
            if (++blocks == 2)
                stop.Cancel();
        }), stop.Token));

        RobustnessResult resumed = Run(_batch.Model, little with { MemoryLimit = null });

        Assert.Equal(4, resumed.BlockSize);
        Assert.Equal(whole.Examples, resumed.Examples);
        Assert.Equal(resumed, Run(_batch.Model, little with { BlockSize = 4 }));
        Assert.Equal(["blockSize: stored 4, now 5"], Assert.Throws<EvaluationJournalException>(() => Run(_batch.Model, little with { BlockSize = 5 })).Differences);
    }

    [Fact]
    public void Measure_JournalBegunWithLessMemory_KeepsTheSizeAtEveryRadius()
    {
        (long weights, long image) = Needs(_batch.Model);
        EvaluationOptions little = new() { MemoryLimit = weights + 4 * image, JournalFolder = _folder };
        Assert.Equal(4, RobustnessCurve.Measure(_batch.Model, _source, Threat, Suite, [0.01], little).BlockSize);

        RobustnessCurve more = RobustnessCurve.Measure(_batch.Model, _source, Threat, Suite, [0.01, 0.02], little with { MemoryLimit = null });

        Assert.Equal(4, more.BlockSize);
        Assert.Equal(RobustnessCurve.Measure(_batch.Model, _source, Threat, Suite, [0.01, 0.02], new EvaluationOptions { BlockSize = 4 }), more);
    }

    [Fact]
    public void Run_NoMemory_IsRefused() => Assert.Equal("Options.MemoryLimit",
        Assert.Single(Assert.Throws<InvalidDescriptionException>(() => Run(_batch.Model, new EvaluationOptions { MemoryLimit = 0 })).Problems).Subject);

    private RobustnessResult Run(nn.Module<Tensor, Tensor> model, EvaluationOptions options) => RobustnessEvaluation.Run(model, _source, Threat, Suite, options);

    private sealed class Told(Action action) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => action();
    }
}
