using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// <see cref="RobustnessEvaluation.Run"/> as an object, for code that takes an <see cref="IRobustnessEvaluator"/>. It holds nothing.
/// </summary>
public sealed class RobustnessEvaluator : IRobustnessEvaluator
{
    /// <inheritdoc cref="RobustnessEvaluation.Run"/>
    public RobustnessResult Run(
        nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite,
        EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        RobustnessEvaluation.Run(model, images, threat, suite, options, progress, cancellationToken);

    /// <inheritdoc cref="RobustnessEvaluation.Race"/>
    public RacedEvaluation Race(
        nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite, double mustReach,
        EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        RobustnessEvaluation.Race(model, images, threat, suite, mustReach, options, progress, cancellationToken);
}
