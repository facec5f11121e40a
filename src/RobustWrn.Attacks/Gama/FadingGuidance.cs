using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The loss of an ascent by <see cref="Gama"/>: <see cref="GuidedMargin"/> away from where it starts, with a weight that falls linearly to
/// 0 (Sriramanan et al. 2020, arXiv 2011.14969).
/// </summary>
/// <param name="Weight">The weight of the distance at the first step (lambda), at least 0.</param>
/// <param name="Steps">The step at which the weight has reached 0.</param>
public sealed record FadingGuidance(double Weight, int Steps) : IAttackLoss
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "fading-guidance";

    /// <inheritdoc/>
    public bool NeedsCleanLogits => Weight > 0;

    /// <inheritdoc/>
    public bool ComparesWithStart => true;

    /// <inheritdoc/>
    public IAttackLoss At(int step) => new GuidedMargin(Weight * Math.Max(0, 1 - (double)step / Steps));

    /// <inheritdoc/>
    /// <remarks>That of the first step.</remarks>
    public Tensor PerExample(Tensor logits, AttackGoal goal) => At(0).PerExample(logits, goal);

    /// <inheritdoc/>
    /// <remarks>That of the first step.</remarks>
    public Tensor? Unsaturated(Tensor logits, AttackGoal goal) => At(0).Unsaturated(logits, goal);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.NotNegative(Weight), .. Rule.Positive(Steps)];
}
