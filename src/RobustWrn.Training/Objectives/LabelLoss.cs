using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>The cross-entropy of a batch with its labels, plain, smoothed or mixed of two images.</summary>
public static class LabelLoss
{
    /// <summary>The mean over the batch, which goes by <see cref="ObjectiveContext.Mixed"/> where images were mixed.</summary>
    /// <param name="context">The batch.</param>
    /// <param name="logits">(N, classes), of the batch's images or of adversarial ones.</param>
    /// <param name="smoothing">The share of the target that is spread over all classes, in [0, 1). Default 0.</param>
    /// <returns>A scalar with its graph. The caller disposes it.</returns>
    public static Tensor Mean(ObjectiveContext context, Tensor logits, double smoothing = 0)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(logits);
        if (context.Mixed is not { } mixed)
            return nn.functional.cross_entropy(logits, context.Labels, label_smoothing: smoothing);
        using DisposeScope scope = NewDisposeScope();
        return mixed
            .Weigh(labels => nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.None, label_smoothing: smoothing))
            .mean()
            .MoveToOuterDisposeScope();
    }
}
