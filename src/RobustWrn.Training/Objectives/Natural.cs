using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>Cross-entropy on the images as they are: training without an attacker, the baseline.</summary>
public sealed record Natural : IRobustObjective
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "natural";

    /// <summary>The share of the label's probability that the cross-entropy spreads over all classes, in [0, 1). Default 0.</summary>
    /// <remarks>Szegedy et al. 2016 (arXiv 1512.00567) take 0.1.</remarks>
    public double LabelSmoothing { get; init; }

    /// <inheritdoc/>
    public string Name => "natural";

    /// <inheritdoc/>
    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        cancellationToken.ThrowIfCancellationRequested();
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = context.Logits(context.Images);
        Tensor loss = LabelLoss.Mean(context, logits, LabelSmoothing);
        return new ObjectiveLoss(loss, logits.detach(), null, new LossPart("natural", loss.detach())).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.InHalfOpen(LabelSmoothing, 0, 1);
}
