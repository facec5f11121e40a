using System.Diagnostics;
using System.Runtime.CompilerServices;
using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// The inner maximisation of an objective: the adversarial images of a batch, found by an attack that is not believed unchecked. An
/// objective takes its images from here, so that trainings can halve the batch where memory runs out, time the attack and use images twice.
/// </summary>
public static class InnerMaximum
{
    /// <summary>Adversarial images: <see cref="ObjectiveContext.Adversarial"/> where they are known already, else new ones.</summary>
    /// <param name="attack">The inner attack.</param>
    /// <param name="context">The batch.</param>
    /// <param name="cancellationToken">Checked between steps, and after them.</param>
    /// <returns>(N, C, H, W) in the ball and in [0, 1], without a graph. The caller disposes it.</returns>
    /// <exception cref="AttackRefusedException">The attack left the ball or the box, or the model in another mode.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the model is as it was.</exception>
    public static Tensor Of(IAttack attack, ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(attack);
        ArgumentNullException.ThrowIfNull(context);
        if (context.Adversarial is { } known)
            return known.alias();
        long start = Stopwatch.GetTimestamp();
        Tensor adversarial = context.AttackParts.Run(context.ToAttack(), part => attack.PerturbVerified(part, cancellationToken));
        context.AttackTook?.Invoke(Stopwatch.GetElapsedTime(start));
        // An attack of one step has no between.
        if (!cancellationToken.IsCancellationRequested)
            return adversarial;
        adversarial.Dispose();
        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>The problems of an inner attack: its own, and that it asks for a second model, which a training has none of.</summary>
    /// <param name="attack">The attack; null gives one problem that says so.</param>
    /// <param name="name">The property that holds it.</param>
    public static IEnumerable<Problem> Problems(IAttack? attack, [CallerArgumentExpression(nameof(attack))] string name = "") =>
        attack is not { NeedsSurrogate: true }
            ? attack.ProblemsAs(name)
            : attack.ProblemsAs(name).Append(new Problem(name, "must do without another model, which a training has none of, got "
                + $"{attack.Name}. Take an attack on the model itself, such as PGD."));

    /// <summary>
    /// Problems that keep an inner attack from running under a threat model: a part of the norm that it needs and misses.
    /// </summary>
    /// <param name="attack">The attack; null has other problems.</param>
    /// <param name="threat">How far images may move.</param>
    /// <param name="name">The property that holds it.</param>
    public static IEnumerable<Problem> ProblemsUnder(
        ThreatModel threat, IAttack? attack, [CallerArgumentExpression(nameof(attack))] string name = "") =>
        attack?.ProblemsUnder(threat).Select(problem => problem.Within(name)) ?? [];
}
