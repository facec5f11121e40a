using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>What an attack maximises, per example.</summary>
public interface IAttackLoss : IDescription
{
    /// <summary>Whether <see cref="AttackGoal.CleanLogits"/> must be there.</summary>
    bool NeedsCleanLogits => false;

    /// <summary>
    /// Says that <see cref="AttackGoal.CleanLogits"/> are those of the point where the ascent starts. Default: no, those of the unchanged
    /// images, which attacks that do not ascend compare with in any case.
    /// </summary>
    bool ComparesWithStart => false;

    /// <summary>The loss at a step of an ascent, for one that changes on the way. Default: the same at all.</summary>
    /// <param name="step">Which one, from 0.</param>
    /// <remarks>A rule that keeps the best point orders points of different steps by it: there it should not change.</remarks>
    IAttackLoss At(int step) => this;

    /// <summary>
    /// What a reader of its numbers must know: that a loss cannot be computed for so few classes and another took its place. Empty when
    /// there is nothing to say.
    /// </summary>
    /// <param name="classes">How many logits the model has.</param>
    /// <param name="targeted">Whether classes are to be reached.</param>
    IEnumerable<string> Notices(long classes, bool targeted) => [];

    /// <summary>The loss of each example; larger is better for the attacker.</summary>
    /// <param name="logits">(N, classes), with a graph when a gradient is wanted.</param>
    /// <param name="goal">What the attacker wants.</param>
    /// <returns>(N). The caller disposes it.</returns>
    Tensor PerExample(Tensor logits, AttackGoal goal);

    /// <summary>
    /// What the gradient is taken of in the place of a loss that saturates, where the direction alone counts: for each example it must rise
    /// where the loss rises, along the same direction, at
    /// any rate. Null, the default, takes the loss itself.
    /// </summary>
    /// <param name="logits">(N, classes), with a graph.</param>
    /// <param name="goal">What the attacker wants.</param>
    /// <returns>(N), or null. The caller disposes it.</returns>
    Tensor? Unsaturated(Tensor logits, AttackGoal goal) => null;
}
