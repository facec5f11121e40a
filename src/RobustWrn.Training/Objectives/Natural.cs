using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>Cross-entropy on the images as they are: training without an attacker, the baseline.</summary>
public sealed record Natural : IRobustObjective
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "natural";

    /// <inheritdoc/>
    public string Name => "natural";

    /// <inheritdoc/>
    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = context.Model.call(context.Images);
        Tensor loss = nn.functional.cross_entropy(logits, context.Labels);
        return new ObjectiveLoss(loss, logits.detach(), null, new LossPart("natural", loss.detach())).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
