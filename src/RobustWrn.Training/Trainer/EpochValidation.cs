using Microsoft.Extensions.Logging;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// The validation at the end of an epoch: clean and robust accuracy of the weights, and of their average once it is one.
/// Tells the sources of images what is read next, so that they may decode meanwhile.
/// </summary>
/// <param name="recipe">Attack, batch size and number of images.</param>
/// <param name="classifier">The network, in evaluation mode.</param>
/// <param name="batches">The training batches, of which the first of the next epoch is announced.</param>
/// <param name="images">The validation images.</param>
/// <param name="threat">How far images may move.</param>
/// <param name="noise">The randomness of the validation attack.</param>
/// <param name="attackParts">How much of a batch is attacked at once.</param>
/// <param name="average">The weight average; null without one.</param>
/// <param name="logger">Told the numbers of the average.</param>
internal sealed class EpochValidation(
    TrainingRecipe recipe, Classifier classifier, TrainingBatches batches, IImageSource images, ThreatModel threat, RandomStream noise,
    AttackParts attackParts, AveragedWeights? average, ILogger logger)
{
    private readonly Tensor _sample = classifier.Network.parameters().First(parameter => parameter.requires_grad);

    /// <summary>Steps before the weight average is more than a plain copy.</summary>
    public double WarmUp => (recipe.Average?.WarmUp ?? 0) * recipe.Epochs * batches.Steps;

    private long Count => Math.Min(recipe.ValidationImages ?? long.MaxValue, images.Count);

    /// <summary>Judges the weights of an epoch, and the average of them.</summary>
    /// <param name="epoch">Which epoch, from 0.</param>
    /// <param name="cancellationToken">Checked between the steps of the attack.</param>
    public (ValidationVerdicts Weights, AverageMetrics? Average) Judge(int epoch, CancellationToken cancellationToken)
    {
        Action announceEpoch = () => AnnounceEpoch(epoch + 1);
        bool judgesAverage = AverageIsJudged(epoch);
        ValidationVerdicts weights = Judge(judgesAverage ? Announce : announceEpoch, cancellationToken);
        if (average is null)
            return (weights, null);
        average.EndEpoch(classifier.Network);
        if (!judgesAverage)
            return (weights, AverageMetrics.Of(weights));
        ValidationVerdicts averaged =
            average.Within(classifier.Network, () => Judge(announceEpoch, cancellationToken));
        TrainingLog.AverageJudged(logger, epoch + 1, averaged.Clean.ToString(), averaged.RobustShare.ToString());
        return (weights, AverageMetrics.Of(averaged));
    }

    /// <summary>Announces the first validation images.</summary>
    public void Announce() => images.Prefetch(Validation.Batch(0, Count, recipe.BatchSize));

    private ValidationVerdicts Judge(Action announce, CancellationToken cancellationToken) => Validation.Judge(
        classifier, images, Count, recipe.BatchSize, recipe.ValidationAttackFor(threat), attackParts, threat, noise, _sample, announce,
        cancellationToken);

    private void AnnounceEpoch(int epoch)
    {
        if (epoch < recipe.Epochs)
            batches.Images.Prefetch(batches.At(epoch, 0));
    }

    // Before its warm-up has ended, the average is a plain copy, which is judged already.
    private bool AverageIsJudged(int epoch) => average is not null && (epoch + 1L) * batches.Steps >= WarmUp;
}
