using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Outside.Tests;

/// <summary>
/// An evaluator that only looks at the unchanged images of a network that has much to reach, and gives a bound of its own.
/// </summary>
internal sealed class ImpatientEvaluator : IRobustnessEvaluator
{
    public RobustnessResult Run(
        nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite, EvaluationOptions? options = null,
        IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        RobustnessEvaluation.Run(model, images, threat, suite, options, progress, cancellationToken);

    public RacedEvaluation Race(
        nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite, double mustReach,
        EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        AttackSuite none = AttackSuite.Of("none", new RandomNoise { Draws = 1 });
        RobustnessResult unattacked = Run(model, images, ThreatModel.Linf(1e-9), none, options, null, cancellationToken);
        BitRow right = BitRow.Of(unattacked.Examples.Select(example => example.CleanPrediction == example.Label));
        if (right.Share.Value >= mustReach)
            return RacedEvaluation.Of(Run(model, images, threat, suite, options, progress, cancellationToken));
        RobustnessBound bound = new() { Threat = threat, Suite = suite, MustReach = mustReach, Right = right, Standing = right };
        return RacedEvaluation.Of(bound);
    }
}
