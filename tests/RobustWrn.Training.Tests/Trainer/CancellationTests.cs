using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>A training that is cancelled leaves a checkpoint of its last whole step.</summary>
public class CancellationTests
{
    // Batches of 16 go through in parts of 6, 6 and 4: the first part has moved the batch norms' statistics when the second one's attack is cancelled.
    private static readonly TrainingRecipe Recipe = Small.Recipe with { Epochs = 2, MicroBatchSize = 6, Average = new WeightAverage { WarmUp = 0 } };

    [Theory]
    [InlineData(2, false, null)]
    [InlineData(8, false, 2)]
    [InlineData(8, true, 1)]
    [InlineData(15, false, 5)]
    public void Fit_CancelledWithinAStep_GoesOnToTheSameBits(int evaluation, bool perturbs, int? steps)
    {
        TrainingRecipe recipe = perturbs ? Recipe with { Perturbation = new AdversarialWeightPerturbation() } : Recipe;
        using ScratchFolder whole = new(), broken = new();
        using Classifier expected = Small.Network.Build(1), stopped = Small.Network.Build(1), actual = Small.Network.Build(1);
        using CancellationTokenSource source = new();
        CancellingMadry.After = (int.MaxValue, source);
        TrainingResult uninterrupted = Fit(expected, recipe, whole, default);
        CancellingMadry.After = (evaluation, source);

        OperationCanceledException cancelled = Assert.Throws<OperationCanceledException>(() => Fit(stopped, recipe, broken, source.Token));
        CancellingMadry.After = (int.MaxValue, source);
        TrainingResult resumed = Fit(actual, recipe, broken, default);

        if (steps is { } done)
            Assert.Contains($"checkpoint-{done / 4:0000}{(done % 4 == 0 ? "" : $"-{done % 4:000000}")}.safetensors", cancelled.Message);
        else
            Assert.Contains("there is no checkpoint", cancelled.Message);
        ResumeEverywhereTests.AssertSameEnd(uninterrupted, expected, resumed, actual);
    }

    /// <summary>Also where only validation is left of the epoch.</summary>
    [Fact]
    public void Fit_CancelledInValidation_TrainsNoStepAgain()
    {
        using ScratchFolder whole = new(), broken = new();
        using Classifier expected = Small.Network.Build(1), stopped = Small.Network.Build(1), actual = Small.Network.Build(1);
        using CancellationTokenSource source = new();
        TrainingResult uninterrupted = Small.Fit(expected, recipe: Small.Recipe, options: new TrainingOptions { CheckpointFolder = whole.Path });
        int reads = 0, readAgain = 0;
        TrainingSplits stopping = Bars.Splits(onRead: _ =>
        {
            if (++reads == Small.ReadsPerEpoch - 1)
                source.Cancel();
        });

        OperationCanceledException cancelled = Assert.Throws<OperationCanceledException>(() =>
            Small.Fit(stopped, recipe: Small.Recipe, data: stopping, options: new TrainingOptions { CheckpointFolder = broken.Path }, token: source.Token));
        TrainingResult resumed = Small.Fit(actual, recipe: Small.Recipe, data: Bars.Splits(onRead: _ => readAgain++), options: new TrainingOptions { CheckpointFolder = broken.Path });

        Assert.Contains("after 4 of 4 steps. The checkpoint of epoch 1, step 4, is kept", cancelled.Message);
        ResumeEverywhereTests.AssertSameEnd(uninterrupted, expected, resumed, actual);
        // Validation, and two more epochs; before validation the last batch's indices are read no more.
        Assert.Equal(2 + 2 * Small.ReadsPerEpoch, readAgain);
    }

    private static TrainingResult Fit(Classifier classifier, TrainingRecipe recipe, ScratchFolder folder, CancellationToken token) =>
        Small.Fit(classifier, new CancellingMadry(), recipe, options: new TrainingOptions { CheckpointFolder = folder.Path }, token: token);

    /// <summary>Adversarial training that cancels after so many evaluations.</summary>
    private sealed record CancellingMadry : IRobustObjective
    {
        public const string TypeName = "test-cancelling";

        [ThreadStatic]
        private static (int Left, CancellationTokenSource Source) _after;

        public static (int Left, CancellationTokenSource Source) After { set => _after = value; }

        public string Name => "cancelling";

        public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
        {
            ObjectiveLoss loss = new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }.Evaluate(context, cancellationToken);
            if (--_after.Left == 0)
                _after.Source.Cancel();
            return loss;
        }

        public IEnumerable<Problem> Problems() => [];
    }
}
