using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Training;
using static TorchSharp.torch;

namespace RobustWrn.Tests;

/// <summary>Trainer and evaluation can be replaced: a user tests what is built on an experiment without training anything.</summary>
public class StandInTests
{
    [Fact]
    public async Task RunAsync_StandInsForTrainerAndEvaluator_TakesTheirWord()
    {
        using DatasetSplits images = SmallExperiment.Images();
        StandInTrainer trainer = new();
        StandInEvaluator evaluator = new();

        ExperimentResult result = await SmallExperiment.On(images).TrainingWith((objective, recipe) =>
            trainer.Given(objective, recipe)).EvaluatingWith(evaluator)
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(3, trainer.Trained.Count);
        Assert.Equal(new Proportion(30, 32), result.Ranking.First().ValidationRobust);
        // Each network that reaches the test split is looked at on validation before.
        Assert.Equal(2 * result.TestReads, evaluator.Asked);
        Assert.All(result.Networks.Where(network => network.Test.Count > 0), network =>
            Assert.Equal(new Proportion(20, 32), network.TestRobust));
        Assert.IsType<Trades>(trainer.Objective);
        Assert.Equal(2, trainer.Recipe!.Epochs);
    }

    [Fact]
    public async Task RunAsync_TrainerThatSaysItDiverged_IsTheFailureOfThatNetwork()
    {
        using DatasetSplits images = SmallExperiment.Images();

        ExperimentResult result = await SmallExperiment.On(images).TrainingWith((_, _) =>
            new DivergingTrainer()).EvaluatingWith(new StandInEvaluator())
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.All(result.Networks, network => Assert.NotNull(network.Failure));
        Assert.Contains("no network could be trained", result.ToString());
    }

    [Fact]
    public void Run_TheLibrarysEvaluator_IsRobustnessEvaluation()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using Classifier network = SmallExperiment.Baseline.Build(seed: 1);
        AttackSuite suite = AttackSuite.Of("one", new Fgsm());
        ThreatModel threat = ThreatModel.Linf(8, outOf: 255);

        RobustnessResult one = new RobustnessEvaluator().Run(network, images.Test.Open(), threat, suite);

        Assert.Equal(RobustnessEvaluation.Run(network, images.Test.Open(), threat, suite).Examples, one.Examples);
    }

    private sealed class StandInTrainer : IRobustTrainer
    {
        public List<string> Trained { get; } = [];

        public IRobustObjective? Objective { get; private set; }

        public TrainingRecipe? Recipe { get; private set; }

        public IRobustTrainer Given(IRobustObjective objective, TrainingRecipe recipe)
        {
            (Objective, Recipe) = (objective, recipe);
            return this;
        }

        public TrainingResult Fit(
            Classifier classifier, TrainingSplits data, ThreatModel threat, Seed seed,
            TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
        {
            Trained.Add(classifier.Spec.Name);
            EpochMetrics epoch = new()
            {
                Epoch = 1,
                Loss = 1,
                LearningRate = 0.1,
                GradientNorm = 1,
                Clean = new Proportion(31, 32),
                Robust = new Proportion(30, 32),
            };
            return new TrainingResult { Epochs = [epoch], Best = epoch };
        }
    }

    private sealed class DivergingTrainer : IRobustTrainer
    {
        public TrainingResult Fit(
            Classifier classifier, TrainingSplits data, ThreatModel threat, Seed seed,
            TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default) =>
            throw new TrainingDivergedException(epoch: 1, step: 2, learningRate: 0.1, found: "NaN", kept: "Nothing was kept.");
    }

    private sealed class StandInEvaluator : IRobustnessEvaluator
    {
        public int Asked { get; private set; }

        public RobustnessResult Run(
            nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite,
            EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null,
                CancellationToken cancellationToken = default)
        {
            Asked++;
            return new RobustnessResult
            {
                Threat = threat,
                Suite = suite,
                Clean = new Proportion(25, 32),
                Robust = new Proportion(20, 32),
                Attacks = [.. suite.Attacks.Select(attack => new AttackTally(attack.Name, 25, 20, TimeSpan.FromSeconds(1)))],
            };
        }
    }
}
