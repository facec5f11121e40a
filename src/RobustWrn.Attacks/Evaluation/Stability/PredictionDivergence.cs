using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>KL(p(x) || p(x')) of the predicted probabilities.</summary>
public sealed record PredictionDivergence : IOutputDistance
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "kullback-leibler";

    /// <inheritdoc/>
    public string Name => "KL";

    /// <inheritdoc/>
    public Tensor Between(Tensor logits, Tensor perturbed)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor before = nn.functional.log_softmax(logits.to(ScalarType.Float64), 1), after = nn.functional.log_softmax(perturbed.to(ScalarType.Float64), 1);
        return (before.exp() * (before - after)).sum(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
