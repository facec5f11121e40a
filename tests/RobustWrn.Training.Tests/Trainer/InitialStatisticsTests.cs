using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>The running statistics of batch norm after the first step, and after those that follow.</summary>
public class InitialStatisticsTests
{
    private static readonly WideResNetSpec Network = Small.Network with { FeatureNormalization = new BatchNormalization { Momentum = 0.01 } };
    private static readonly TrainingRecipe Forgetting = Small.Recipe with { ForgetsInitialStatistics = true };

    /// <summary>A momentum of 1 in the layers themselves keeps nothing but the newest batch: the same bits.</summary>
    [Fact]
    public void Fit_OneStep_LeavesTheStatisticsOfItsBatchAlone()
    {
        TrainingRecipe one = Small.Recipe with { Epochs = 1, BatchSize = 50 };
        using Classifier expected = (Network with { FeatureNormalization = new BatchNormalization { Momentum = 1 } }).Build(1), actual = Network.Build(1), usual = Network.Build(1);

        Small.Fit(expected, recipe: one);
        Small.Fit(actual, recipe: one with { ForgetsInitialStatistics = true });
        Small.Fit(usual, recipe: one);

        Small.AssertSameWeights(expected, actual);
        Assert.False(SameStatistics(expected, usual));
    }

    /// <summary>Later steps move them as ever: s = 0.99 s + 0.01 b, with b the newest batch's, which a momentum of 1 keeps.</summary>
    [Fact]
    public void Fit_TwoSteps_MovesThemByTheirOwnMomentumAfterTheFirst()
    {
        using DisposeScope scope = NewDisposeScope();
        TrainingRecipe two = Small.Recipe with { Epochs = 1, BatchSize = 25 };
        using Classifier first = Network.Build(1), both = Network.Build(1), newest = (Network with { FeatureNormalization = new BatchNormalization { Momentum = 1 } }).Build(1);
        Dictionary<string, Tensor> afterTheFirst = [];

        Small.Fit(first, new Watched(step => Copy(first, step, afterTheFirst)), two with { ForgetsInitialStatistics = true });
        Small.Fit(both, recipe: two with { ForgetsInitialStatistics = true });
        Small.Fit(newest, recipe: two);

        Dictionary<string, Tensor> batch = Statistics(newest).ToDictionary();
        Assert.NotEmpty(afterTheFirst);
        foreach ((string name, Tensor moved) in Statistics(both))
        {
            using Tensor before = afterTheFirst[name];
            Assert.True(moved.allclose(before.Times(0.99).Plus(batch[name].Times(0.01)), rtol: 1e-5, atol: 1e-6), name);
        }
    }

    [Fact]
    public void Fit_NaturalTraining_LearnsTheSameWeightsEitherWay()
    {
        using Classifier forgetting = Network.Build(1), usual = Network.Build(1);

        Small.Fit(forgetting, recipe: Forgetting);
        Small.Fit(usual, recipe: Small.Recipe);

        Small.AssertSame(usual.Network.named_parameters().Select(pair => KeyValuePair.Create(pair.name, (Tensor)pair.parameter)),
            forgetting.Network.named_parameters().Select(pair => KeyValuePair.Create(pair.name, (Tensor)pair.parameter)));
        Assert.False(SameStatistics(usual, forgetting));
    }

    /// <summary>With a momentum that moves and perturbed weights, too: before the first step's end, after it, and later.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void Fit_StoppedAnywhere_EndsAsIfItHadNotBeen(int stoppedAt)
    {
        TrainingRecipe recipe = Forgetting with { Schedule = new OneCycleRate { CyclesMomentum = true, ByEpoch = true }, Perturbation = new AdversarialWeightPerturbation() };
        using ScratchFolder folder = new();
        using Classifier expected = Network.Build(1), stopped = Network.Build(1), actual = Network.Build(1);
        TrainingOptions options = new() { CheckpointFolder = folder.Path, CheckpointEverySteps = 1 };
        Small.Fit(expected, recipe: recipe);
        int reads = 0;

        Assert.Throws<InvalidOperationException>(() => Small.Fit(stopped, recipe: recipe, data: Bars.Splits(onRead: _ =>
        {
            if (++reads == stoppedAt)
                throw new InvalidOperationException("the power is cut");
        }), options: options));
        Small.Fit(actual, recipe: recipe, options: options);

        Small.AssertSameWeights(expected, actual);
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Statistics(Classifier classifier) =>
        classifier.Network.named_buffers().Where(pair => pair.name.Contains("running", StringComparison.Ordinal)).Select(pair => KeyValuePair.Create(pair.name, pair.buffer));

    private static bool SameStatistics(Classifier left, Classifier right) => Statistics(left).Zip(Statistics(right)).All(pair => Small.SameBits(pair.First.Value, pair.Second.Value));

    private static void Copy(Classifier classifier, int step, Dictionary<string, Tensor> into)
    {
        if (step != 1)
            return;
        foreach ((string name, Tensor value) in Statistics(classifier))
            into[name] = value.clone().DetachFromDisposeScope();
    }

    /// <summary>Natural training that tells before each step how many were taken.</summary>
    private sealed class Watched(Action<int> beforeStep) : IRobustObjective
    {
        private int _steps;

        public string Name => "watched";

        public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
        {
            beforeStep(_steps++);
            return new Natural().Evaluate(context, cancellationToken);
        }

        public IEnumerable<Problem> Problems() => [];
    }
}
