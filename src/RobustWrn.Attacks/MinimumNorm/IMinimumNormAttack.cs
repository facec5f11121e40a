using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>An attack that looks for the smallest change that fools the model, instead of any change in a ball.</summary>
/// <remarks>As <see cref="IAttack"/> it counts for an example when what it found lies in the threat's ball. It goes on with examples that are already fooled.</remarks>
public interface IMinimumNormAttack : IAttack
{
    /// <summary>The smallest change that fools the model, for each example, in the norm of the threat.</summary>
    /// <param name="context">What is attacked. The threat's radius bounds nothing here.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>Images and their distances. The caller disposes it.</returns>
    /// <exception cref="InvalidDescriptionException">The attack has problems.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the model is as it was.</exception>
    MinimalPerturbations Minimize(AttackContext context, CancellationToken cancellationToken = default);
}
