using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// Trains classifiers: what experiments ask of a trainer, and what a test puts in the place of one. The library's is
/// <see cref="RobustTrainer"/>.
/// </summary>
public interface IRobustTrainer
{
    /// <summary>Trains a classifier, selects on validation images, and gives it the selected weights.</summary>
    /// <param name="classifier">The classifier; its present weights are the start. Ends in evaluation mode.</param>
    /// <param name="data">Training and validation images.</param>
    /// <param name="threat">How far images may move, in training and validation.</param>
    /// <param name="seed">All randomness comes from it.</param>
    /// <param name="options">Where it runs and what it leaves behind; null is the default.</param>
    /// <param name="progress">Told how far it is; null is nobody.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>
    /// The metrics of all epochs, at least one; of those up to <see cref="TrainingOptions.PauseAfter"/>, marked
    /// <see cref="TrainingResult.IsPaused"/>, from a trainer that knows how to pause. Another trains to its end, which its result says,
    /// too.
    /// </returns>
    /// <exception cref="TrainingDivergedException">Loss or gradients became NaN or infinite. An experiment records it as the failure of
    /// that network and goes on.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    TrainingResult Fit(
        Classifier classifier, TrainingSplits data, ThreatModel threat, Seed seed,
        TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default);
}
