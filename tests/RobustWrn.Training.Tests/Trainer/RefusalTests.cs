using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class RefusalTests
{
    [Fact]
    public void Fit_AbsurdLearningRate_StopsNamesTheStepAndKeepsTheCheckpoint()
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Small.Network.Build(1);
        // Sane in the first epoch of three, absurd from then on.
        TrainingRecipe recipe = Small.Recipe with { GradientNormClip = null, Schedule = new LeapingRate() };

        TrainingDivergedException diverged = Assert.Throws<TrainingDivergedException>(() =>
            Small.Fit(classifier, new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }, recipe, options: new TrainingOptions { CheckpointFolder = folder.Path }));

        Assert.Equal(2, diverged.Epoch);
        Assert.Equal(2, diverged.Step);
        Assert.Equal(0.05 * 1e30, diverged.LearningRate);
        Assert.Contains("in epoch 2, step 2, at learning rate 5e+28", diverged.Message);
        Assert.Contains("The checkpoint of epoch 1 is kept", diverged.Message);
        Assert.Equal(["checkpoint-0001.safetensors"], folder.Files);
        using NamedTensors kept = Safetensors.Read(folder["checkpoint-0001.safetensors"]);
        Assert.All(kept.Pairs.Where(pair => pair.Value.is_floating_point()), pair => Assert.True(pair.Value.isfinite().all().item<bool>(), pair.Key));
    }

    [Fact]
    public void Check_NormWithoutTheParts_NamesTheAttacksOfObjectiveAndValidation()
    {
        foreach (IRobustObjective objective in (IRobustObjective[])[new Madry { InnerAttack = new Fab() }, new Trades { InnerAttack = new Fab() }, new Mart { InnerAttack = new Fab() }])
        {
            RobustTrainer trainer = new(objective, Small.Recipe with { ValidationAttack = new Square() });
            IReadOnlyList<Problem> problems = trainer.Check(Small.Network, Bars.Splits(), new BareNorm { Epsilon = 0.1 });
            Assert.Equal(["Objective.InnerAttack", "Recipe.ValidationAttack"], problems.Select(problem => problem.Subject));
        }
        Assert.Empty(new RobustTrainer(new Trades(), Small.Recipe).Check(Small.Network, Bars.Splits(), new BareNorm { Epsilon = 0.1 }));
    }

    [Theory]
    [InlineData(double.NaN, "a loss of NaN")]
    [InlineData(double.PositiveInfinity, "a loss of ")]
    public void Fit_PoisonedObjective_StopsBeforeTheStepIsTaken(double loss, string found)
    {
        using Classifier classifier = Small.Network.Build(1);

        TrainingDivergedException diverged = Assert.Throws<TrainingDivergedException>(() => Small.Fit(classifier, new Poisoned(step: 6, loss)));

        Assert.Contains($"got {found}", diverged.Message);
        Assert.Contains("epoch 2, step 2, at learning rate 0.05. No checkpoint folder was given, so nothing was kept.", diverged.Message);
        Assert.All(classifier.parameters(), parameter => Assert.True(parameter.isfinite().all().item<bool>()));
        Assert.False(classifier.training);
    }

    [Fact]
    public void Fit_Cancelled_SaysWhatIsKept()
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Small.Network.Build(1);
        using CancellationTokenSource source = new();

        OperationCanceledException cancelled = Assert.Throws<OperationCanceledException>(() => Small.Fit(
            classifier, options: new TrainingOptions { CheckpointFolder = folder.Path, ProgressInterval = TimeSpan.Zero }, token: source.Token,
            progress: new Told(report =>
            {
                if (report is { Epoch: 2, Step: 3 })
                    source.Cancel();
            })));

        Assert.Contains("training was cancelled in epoch 2, after 3 of 4 steps. The checkpoint of epoch 2, step 3, is kept: ", cancelled.Message);
        Assert.Equal(source.Token, cancelled.CancellationToken);
        Assert.False(classifier.training);
    }

    [Fact]
    public async Task FitAsync_Cancelled_IsACancelledTask()
    {
        using Classifier classifier = Small.Network.Build(1);
        using CancellationTokenSource source = new();
        Task<TrainingResult> training = new RobustTrainer(new Natural(), Small.Recipe).FitAsync(
            classifier, Bars.Splits(), Small.Threat, 7, progress: new Told(_ => source.Cancel()), cancellationToken: source.Token);

        OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training);

        Assert.True(training.IsCanceled);
        Assert.Contains("training was cancelled in epoch 1, after 1 of 4 steps", cancelled.Message);
    }

    [Fact]
    public void Fit_EverythingWrong_ListsAllOfItBeforeReadingAnImage()
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder["file"], "");
        using Classifier classifier = (Small.Network with { Classes = 3, InputChannels = 3 }).Build(1);
        TrainingRecipe recipe = new() { Epochs = 0, BatchSize = 1, LearningRate = double.NaN, ValidationImages = 0, Optimizer = new Sgd { Momentum = 1 } };

        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() => Small.Fit(
            classifier, new Trades { Beta = -1 }, recipe, Bars.Splits(onRead: _ => throw new NotSupportedException()),
            options: new TrainingOptions { CheckpointFolder = Path.Combine(folder["file"], "below", "it"), InitialWeights = folder["none"] }));

        Assert.Equal(
            [
                "Objective.Beta", "Recipe.Epochs", "Recipe.BatchSize", "Recipe.LearningRate", "Recipe.Optimizer.Momentum", "Recipe.ValidationImages",
                "data.Train", "data.Train", "data.Validation", "data.Validation", "CheckpointFolder", "InitialWeights",
            ],
            refused.Problems.Select(problem => problem.Subject));
        Assert.Contains("must be at least 2, because batch norm learns nothing from one image, got 1.", refused.Message);
        Assert.Contains("must have 3 classes, as the network was specified for, got 2.", refused.Message);
        Assert.Contains("must have images of 3 channels, as the network was specified for, got 1.", refused.Message);
        Assert.Contains($"must be a folder that can be made, but {folder["file"]} is a file. Choose another folder.", refused.Message);
    }

    [Fact]
    public void Fit_WeightsWithNaN_Refuses()
    {
        using Classifier classifier = Small.Network.Build(1);
        using (no_grad())
            classifier.Network.parameters().First().FillInPlace(double.NaN);

        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() => Small.Fit(classifier));

        Assert.Contains("must start from finite weights, got NaN or infinity in stem_conv.weight", refused.Message);
    }

    [Fact]
    public void Fit_NoValidationImages_Refuses()
    {
        using Classifier classifier = Small.Network.Build(1);

        Assert.Contains("must have at least one image to select on", Assert.Throws<InvalidDescriptionException>(() => Small.Fit(classifier, data: Bars.Splits(validation: 0))).Message);
    }

    /// <summary>What is selected on the images that were trained on is not selected.</summary>
    [Fact]
    public void Check_ValidationOnWhatIsTrainedOn_Refuses()
    {
        RobustTrainer trainer = new(new Natural(), Small.Recipe);
        Bars images = new(50, 1), held = new(50, 2);

        Problem same = Assert.Single(trainer.Check(Small.Network, new TrainingSplits(images, images), Small.Threat));
        Problem copy = Assert.Single(trainer.Check(Small.Network, new TrainingSplits(images, new Bars(50, 1)), Small.Threat));
        Problem extra = Assert.Single(trainer.Check(Small.Network, new TrainingSplits(images, held) { Extra = new Bars(50, 2) }, Small.Threat));

        Assert.Equal(("data.Validation", "must be held out of the training images, got the same ones. DatasetSplits.From holds some out."), (same.Subject, same.Message));
        Assert.Equal(same, copy);
        Assert.Equal("data.Extra", extra.Subject);
        Assert.Empty(trainer.Check(Small.Network, new TrainingSplits(images, held), Small.Threat));
    }

    [Fact]
    public void Fit_FullyFrozenNetwork_Refuses()
    {
        using Classifier classifier = Small.Network.Build(1);
        foreach (Parameter parameter in classifier.parameters())
            parameter.requires_grad_(false);

        Assert.Contains("must have parameters that require gradients, got none.", Assert.Throws<InvalidDescriptionException>(() => Small.Fit(classifier)).Message);
    }
}
