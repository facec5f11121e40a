using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Judges a model under attack: what experiments ask of an evaluation, and what a test puts in the place of one. The library's is
/// <see cref="RobustnessEvaluator"/>.
/// </summary>
public interface IRobustnessEvaluator
{
    /// <summary>Attacks the images; each attack sees what all before it left right.</summary>
    /// <param name="model">Any module from (N, C, H, W) in [0, 1] to logits (N, classes). Comes back as it was.</param>
    /// <param name="images">What is attacked, all of it.</param>
    /// <param name="threat">How far images may move.</param>
    /// <param name="suite">The attacks.</param>
    /// <param name="options">Block size, seed, device; null is the default.</param>
    /// <param name="progress">Told after each attack on each block; null is nobody.</param>
    /// <param name="cancellationToken">Checked between steps of the attacks.</param>
    /// <returns>Counts, and what became of each image.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    RobustnessResult Run(
        nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite,
        EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// The same as a race against a robust accuracy: an evaluation that cannot reach it any more may stop and give an upper bound. One that
    /// knows nothing of races, as this default, finishes.
    /// </summary>
    /// <param name="model">Any module from (N, C, H, W) in [0, 1] to logits (N, classes). Comes back as it was.</param>
    /// <param name="images">What is attacked.</param>
    /// <param name="threat">How far images may move.</param>
    /// <param name="suite">The attacks.</param>
    /// <param name="mustReach">The robust accuracy, a share in [0, 1], below which the model cannot win.</param>
    /// <param name="options">Block size, seed, device; null is the default.</param>
    /// <param name="progress">Told after each attack on each block; null is nobody.</param>
    /// <param name="cancellationToken">Checked between steps of the attacks.</param>
    /// <returns>The result of <see cref="Run"/>, or a bound that is below the bar and not below the robust accuracy.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    RacedEvaluation Race(
        nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite, double mustReach,
        EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        RacedEvaluation.Of(Run(model, images, threat, suite, options, progress, cancellationToken));
}
