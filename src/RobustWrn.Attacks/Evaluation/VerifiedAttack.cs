using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Runs attacks without believing them: evaluation, validation, training and every attack that wraps another one do it here. The attack works on copies, what it returns lies in the ball and in
/// [0, 1] or is refused, and the model's modes and gradient flags are as they were.
/// </summary>
/// <remarks>Whether the model errs on the images is for the caller to ask the model, with <see cref="AttackedModel.Logits"/>: an attack has no say in it.</remarks>
public static class VerifiedAttack
{
    /// <summary>Attacks a batch.</summary>
    /// <param name="attack">The attack.</param>
    /// <param name="context">What is attacked; its tensors stay as they are whatever the attack does.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>Images in the ball and in [0, 1], without a graph, in memory of their own. The caller disposes them.</returns>
    /// <exception cref="AttackRefusedException">The attack left the ball or the box, returned something of another shape, or left the model in another mode.</exception>
    public static Tensor PerturbVerified(this IAttack attack, AttackContext context, CancellationToken cancellationToken = default) =>
        Run(attack.Name, context, copies => attack.Perturb(copies, cancellationToken));

    /// <summary>The same for anything that moves images.</summary>
    /// <param name="name">What a refusal calls it.</param>
    /// <param name="context">What is attacked; its tensors stay as they are.</param>
    /// <param name="attack">From copies of it to images that the caller owns.</param>
    /// <returns>Images in the ball and in [0, 1], without a graph, in memory of their own. The caller disposes them.</returns>
    /// <exception cref="AttackRefusedException">It left the ball or the box, returned something of another shape, or left the model in another mode.</exception>
    public static Tensor Run(string name, AttackContext context, Func<AttackContext, Tensor> attack)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(attack);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using ModelSnapshot before = new(context.Model, buffers: false);
        AttackContext copies = context with
        {
            Images = context.Images.clone(),
            Labels = context.Labels.clone(),
            Targets = context.Targets?.clone(),
            Start = context.Start?.clone(),
        };
        try
        {
            using Tensor? returned = attack(copies);
            if (before.Changed() is { } changed)
                throw new AttackRefusedException(name, $"it must leave the model as it was, but {changed} now. Attack through {nameof(AttackedModel)}, which restores it.");
            AttackRules.ThrowIfBroken(name, returned, copies.Images, context.Images, context.Threat);
            return returned!.detach().clone().MoveToOuterDisposeScope();
        }
        catch
        {
            before.Restore();
            throw;
        }
    }
}
