using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Moves images inside a threat model's ball so that a model errs.</summary>
/// <remarks>
/// An attack is a sealed record with defaults sourced in its doc comments. It works through <see cref="AttackedModel"/>, which puts the
/// model into
/// evaluation mode and restores it exactly; it draws only from the context's noise; it checks the token between steps.
/// </remarks>
public interface IAttack : IDescription
{
    /// <summary>A short name for tables and results: <c>PGD-20</c>.</summary>
    string Name { get; }

    /// <summary>The most gradients it takes for one image, over all steps and restarts: what its time is estimated from.</summary>
    long MaxGradients { get; }

    /// <summary>
    /// The same attack with a share of its steps, at least one: for quick checks. Numbers found with less than 1 are not comparable with
    /// published ones.
    /// </summary>
    /// <param name="share">In (0, 1].</param>
    IAttack WithEffort(double share);

    /// <summary>
    /// What it follows the gradients of, at the model it attacks; empty for an attack that asks that model for no gradient, which then
    /// tests the attacks that do. Default: the cross-entropy.
    /// </summary>
    ValueList<IAttackLoss> Losses => [new CrossEntropy()];

    /// <summary>
    /// Whether it takes the mean over several passes of a randomised model, so that randomness does not hide the way from it. Default: no.
    /// </summary>
    bool AveragesDraws => false;

    /// <summary>
    /// What a reader of its numbers must know about it on such a model, for results to print: a loss that another took the place of. Empty
    /// when there is nothing to say.
    /// </summary>
    /// <param name="classes">How many logits the model has.</param>
    IEnumerable<string> Notices(long classes) => [];

    /// <summary>
    /// Whether it cannot run without <see cref="AttackContext.Surrogate"/>, a second model. Attacks that wrap another say what that one
    /// says. Default: no.
    /// </summary>
    bool NeedsSurrogate => false;

    /// <summary>
    /// Problems that keep it from running under a threat model, before anything is computed: a part of the norm that it needs and the
    /// threat model
    /// does not implement (<see cref="NormParts"/>). Attacks that wrap another say what that one says. Default: nothing.
    /// </summary>
    /// <param name="threat">How far images may move.</param>
    IEnumerable<Problem> ProblemsUnder(ThreatModel threat) => [];

    /// <summary>Attacks a batch.</summary>
    /// <param name="context">Model, images, labels, threat and randomness.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>Images in the ball and in [0, 1], same shape, dtype and device as the context's images. The caller disposes it.</returns>
    /// <exception cref="InvalidDescriptionException">The attack has problems.</exception>
    /// <exception cref="ArgumentException">
    /// The context is none that can be attacked, by shape, dtype (float32 or float64, as the model's), device or range; or the model
    /// returned something other than logits of at least two classes.
    /// </exception>
    /// <exception cref="ModelInUseException">Another thread attacks or trains the model, or one that shares parts with it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the model is as it was.</exception>
    Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default);
}
