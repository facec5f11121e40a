using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>The cross-entropy of a batch with its labels, plain or mixed.</summary>
internal static class LabelLoss
{
    /// <summary>The mean over the batch.</summary>
    /// <param name="context">The batch.</param>
    /// <param name="logits">(N, classes).</param>
    /// <param name="smoothing">The share of the target that is spread over all classes.</param>
    /// <returns>A scalar with its graph. The caller disposes it.</returns>
    public static Tensor Mean(ObjectiveContext context, Tensor logits, double smoothing = 0)
    {
        if (context.Mixed is not { } mixed)
            return nn.functional.cross_entropy(logits, context.Labels, label_smoothing: smoothing);
        using DisposeScope scope = NewDisposeScope();
        return mixed.Weigh(labels => nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.None, label_smoothing: smoothing)).mean().MoveToOuterDisposeScope();
    }
}
