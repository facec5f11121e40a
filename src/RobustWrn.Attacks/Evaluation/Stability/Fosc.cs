using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The first-order stationary condition: how much better than x' the attack could still have done, to first order. It is 0 at a constrained maximum of the loss:
/// max over z in the ball of &lt;z - x', g&gt; = eps ||g||_dual - &lt;x' - x, g&gt; with g the gradient of the loss at x'
/// (Wang et al. 2019, "On the Convergence and Robustness of Adversarial Training", eq. 4, for Linf, whose dual is L1). The box [0, 1] is not part of the ball here.
/// </summary>
public sealed record Fosc : IPairMeasure
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "fosc";

    /// <summary>What the attack maximised. Default: cross-entropy, as in the paper.</summary>
    public IAttackLoss Loss { get; init; } = new CrossEntropy();

    /// <inheritdoc/>
    public string Name => "FOSC";

    /// <inheritdoc/>
    public Tensor PerExample(PairContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        ImagePairs pairs = context.Pairs;
        // Of what the gradient comes from: what a loss compares with each other must round alike.
        Tensor clean = Loss.NeedsCleanLogits && context.Model.HasView ? context.Model.SteeringLogits(pairs.Images) : context.Logits;
        AttackGoal goal = new(pairs.Labels, CleanLogits: clean);
        Tensor gradient = context.Model.Gradient(pairs.Perturbed, Loss, goal).to(ScalarType.Float64);
        if (!gradient.isfinite().all().item<bool>())
            throw new NonFiniteGradientException();
        // ||g||_dual is <d, g> for the steepest direction d of length 1, in any norm. A user's threat may guard its division by an absolute
        // offset: give it a gradient of size 1.
        Tensor direction = pairs.Threat.SteepestDirection(gradient / gradient.RowScale());
        Tensor reach = direction.Times(pairs.Threat.Epsilon) - (pairs.Perturbed.to(ScalarType.Float64) - pairs.Images);
        return (reach * gradient).flatten(1).sum(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Loss.ProblemsAs(nameof(Loss));
}
