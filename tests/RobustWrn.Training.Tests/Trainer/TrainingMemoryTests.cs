using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class TrainingMemoryTests
{
    private static WideResNetSpec Giant => WideResNetSpec.Wrn(28, 200) with { Classes = 2, InputChannels = 1 };

    [Fact]
    public void Of_Network_IsWeightsGradientsOptimizerAndActivations()
    {
        NetworkCost cost = WideResNetSpec.Wrn(28, 10).Cost(32, 32);

        TrainingMemory memory = TrainingMemory.Of(WideResNetSpec.Wrn(28, 10), new Natural(), new TrainingRecipe(), 32, 32);

        Assert.Equal(new TrainingMemory(4 * cost.Parameters, 4 * cost.Parameters, 4 * cost.Parameters, cost.TrainingActivationBytes(128), 4 * cost.Parameters), memory);
        Assert.Equal(16 * cost.Parameters + cost.TrainingActivationBytes(128), memory.Total);
        Assert.Equal("2.83 GiB (weights 0.14 GiB, gradients 0.14 GiB, optimiser 0.14 GiB, activations 2.28 GiB, copies 0.14 GiB)", memory.ToString());
        Assert.Equal(0, TrainingMemory.Of(WideResNetSpec.Wrn(28, 10), new Natural(), new TrainingRecipe { Optimizer = new Sgd { Momentum = 0 } }, 32, 32).OptimizerState);
    }

    /// <summary>TRADES keeps the graphs of two passes, in the variant of its authors those of three.</summary>
    [Fact]
    public void Of_ObjectiveOfSeveralPasses_CountsTheirActivations()
    {
        WideResNetSpec network = WideResNetSpec.Wrn(28, 10);
        long once = network.Cost(32, 32).TrainingActivationBytes(128);

        Assert.Equal([once, once, 2 * once, 3 * once, 2 * once],
            ((IRobustObjective[])[new Natural(), new Madry(), new Trades(), new Trades { SeparateTargetPass = true }, new Mart()])
                .Select(objective => TrainingMemory.Of(network, objective, new TrainingRecipe(), 32, 32).Activations));
    }

    /// <summary>What an optimiser says that it remembers is what it holds after it began.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.9)]
    public void RememberedPerParameter_Sgd_IsWhatItHolds(double momentum)
    {
        Sgd optimizer = new() { Momentum = momentum };
        using Classifier classifier = Small.Network.Build(1);
        using RunningOptimizer running = optimizer.Begin([.. classifier.Network.named_parameters().Select(named => KeyValuePair.Create(named.name, named.parameter))]);

        Assert.Equal(optimizer.RememberedPerParameter * Small.Network.Cost(8, 8).Parameters, running.Saved.Sum(pair => pair.Value.numel()));
    }

    [Fact]
    public void Check_MoreThanTheLimit_IsRefusedWithTheEstimateAndExactlyThere()
    {
        TrainingSplits data = Bars.Splits();
        RobustTrainer trainer = new(new Natural(), Small.Recipe);
        long total = TrainingMemory.Of(Small.Network, new Natural(), Small.Recipe, data.Train.Height, data.Train.Width).Total;

        Assert.Empty(trainer.Check(Small.Network, data, Small.Threat, new TrainingOptions { MemoryLimit = total }));
        Problem problem = Assert.Single(trainer.Check(Small.Network, data, Small.Threat, new TrainingOptions { MemoryLimit = total - 1 }));

        Assert.Equal("network", problem.Subject);
        Assert.Matches(@"^must fit into the 0\.00 GiB of memory there are, but training WRN 1-1 / 4-8 takes at least 0\.00 GiB \(weights .* activations 0\.00 GiB, copies 0\.00 GiB\) at batch size 16\. Let at most 15 images through the network at once \(MicroBatchSize or BatchSize\), or take a narrower or shallower network\.$", problem.Message);
    }

    [Fact]
    public void Check_SmallerBatch_IsTheRemedy()
    {
        TrainingSplits data = Bars.Splits();
        long total = TrainingMemory.Of(Small.Network, new Natural(), Small.Recipe with { BatchSize = 8 }, data.Train.Height, data.Train.Width).Total;
        TrainingOptions options = new() { MemoryLimit = total };

        Assert.NotEmpty(new RobustTrainer(new Natural(), Small.Recipe).Check(Small.Network, data, Small.Threat, options));
        Assert.Empty(new RobustTrainer(new Natural(), Small.Recipe with { BatchSize = 8 }).Check(Small.Network, data, Small.Threat, options));
    }

    /// <summary>No limit is given: the machine's own memory decides. The network has 15 billion parameters, nearly as many as one may have.</summary>
    [Fact]
    public void Check_LargerThanTheMachine_IsRefusedWithoutALimit()
    {
        Assert.SkipWhen(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 150_000_000_000, "This machine may hold any network that is allowed.");
        WideResNetSpec giant = Giant;

        Problem problem = Assert.Single(new RobustTrainer(new Natural(), Small.Recipe).Check(giant, Bars.Splits(), Small.Threat));

        Assert.Contains("but training WRN-28-200 takes at least", problem.Message);
    }

    [Fact]
    public void Check_OtherDeviceThanTheCpu_IsJudgedByALimitAndNotByTheMachine()
    {
        WideResNetSpec giant = Giant;
        Device elsewhere = new(DeviceType.CUDA, 0);

        Assert.Empty(Problems(giant, null));
        Assert.Single(Problems(Small.Network, 1));

        // As a training asks it of a device that is here.
        IEnumerable<Problem> Problems(WideResNetSpec spec, long? limit) =>
            TrainingMemory.Problems(spec, new Natural(), Small.Recipe, Bars.Splits().Train, elsewhere, limit, "network");
    }

    [Fact]
    public void Fit_MoreThanTheLimit_IsRefused()
    {
        using Classifier classifier = Small.Network.Build(1);

        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() => Small.Fit(classifier, options: new TrainingOptions { MemoryLimit = 1 }));

        Assert.Contains("must fit into", refused.Message);
    }

    [Fact]
    public void Check_LimitOfNothing_IsAMistake() =>
        Assert.Contains(new RobustTrainer(new Natural(), Small.Recipe).Check(Small.Network, Bars.Splits(), Small.Threat, new TrainingOptions { MemoryLimit = 0 }), problem => problem.Subject == "MemoryLimit");
}
