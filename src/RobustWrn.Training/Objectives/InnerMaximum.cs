using System.Diagnostics;
using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>The attack inside an objective: its own, or another that it was given.</summary>
internal static class InnerMaximum
{
    /// <summary>Steps of an objective's own attack where nothing else is said (Zhang et al. 2019; Huang et al. 2021).</summary>
    public const int UsualSteps = 10;

    /// <summary>The images of the inner attack: those the context has already, or new ones.</summary>
    /// <param name="given">An attack in the place of the objective's own; null takes that.</param>
    /// <param name="own">The objective's own.</param>
    /// <param name="context">The batch.</param>
    /// <param name="cancellationToken">Checked between steps, and after them.</param>
    /// <returns>(N, C, H, W) in the ball and in [0, 1], without a graph. The caller disposes it.</returns>
    /// <exception cref="AttackRefusedException">The attack left the ball or the box, or the model in another mode.</exception>
    public static Tensor Of(IAttack? given, GradientAscent own, ObjectiveContext context, CancellationToken cancellationToken)
    {
        if (context.Adversarial is { } known)
            return known.alias();
        long start = Stopwatch.GetTimestamp();
        AttackContext attacked = context.ToAttack();
        Tensor adversarial = context.AttackParts.Run(attacked, part => given is null
            ? VerifiedAttack.Run("the objective's own attack", part, copies => own.Run(copies, cancellationToken))
            : given.PerturbVerified(part, cancellationToken));
        context.AttackTook?.Invoke(Stopwatch.GetElapsedTime(start));
        // An attack of one step has no between.
        if (!cancellationToken.IsCancellationRequested)
            return adversarial;
        adversarial.Dispose();
        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>A number of steps that somebody asked for; null for the default, of which nobody can tell.</summary>
    public static int? UnlessUsual(int steps) => steps == UsualSteps ? null : steps;

    /// <summary>What is wrong with a given attack, and with settings of the objective's own beside it that differ from their defaults and would silently mean nothing.</summary>
    public static IEnumerable<Problem> Problems(IAttack? given, params ReadOnlySpan<(string Name, object? Value)> own)
    {
        if (given is null)
            return [];
        List<Problem> problems = [.. given.ProblemsAs("InnerAttack")];
        if (given.NeedsSurrogate)
            problems.Add(new Problem("InnerAttack", $"must do without another model, which a training has none of, got {given.Name}. Take an attack on the model itself, such as PGD."));
        foreach ((string name, object? value) in own)
        {
            if (value is not null)
                problems.Add(new Problem(name,
                    $"must be left out beside an InnerAttack, which has its own, got "
                    + $"{(value is IDescription ? value.GetType().Name : value)}. Set it in the attack."));
        }
        return problems;
    }
}
