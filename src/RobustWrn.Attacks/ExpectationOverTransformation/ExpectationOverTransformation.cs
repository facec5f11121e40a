using System.Globalization;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Any gradient attack on a randomised model, with each gradient the mean over several passes: expectation over transformation
/// (Athalye et al. 2018, arXiv 1802.00420). On a model without randomness it finds what the attack alone finds.
/// </summary>
/// <remarks>Only gradients are averaged: what an attack asks without one, such as whether a point is fooled, is one pass.</remarks>
public sealed record ExpectationOverTransformation : IAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "expectation-over-transformation";

    /// <summary>The attack. Default: PGD with 20 steps.</summary>
    public IAttack Attack { get; init; } = new Pgd();

    /// <summary>Passes that one gradient is the mean of. Default 20 (AutoAttack's version for randomised defences, Croce and Hein 2020).</summary>
    public int Draws { get; init; } = 20;

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Attack.Name} EOT {Draws}");

    /// <inheritdoc/>
    public long MaxGradients => Attack.MaxGradients * Draws;

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => Attack.Losses;

    /// <inheritdoc/>
    public bool AveragesDraws => Draws > 1;

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Attack = Attack.WithEffort(share) };

    /// <inheritdoc/>
    public IEnumerable<string> Notices(long classes) => Attack.Notices(classes);

    /// <inheritdoc/>
    public bool NeedsSurrogate => Attack.NeedsSurrogate;

    /// <inheritdoc/>
    public IEnumerable<Problem> ProblemsUnder(ThreatModel threat) => Attack?.ProblemsUnder(threat) ?? [];

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Draws), .. Attack.ProblemsAs(nameof(Attack))];

    /// <inheritdoc/>
    /// <exception cref="AttackRefusedException">The inner attack left the ball or the box.</exception>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        AttackInput.ThrowIfInvalid(context);
        return Attack.PerturbVerified(context with { GradientDraws = checked(context.GradientDraws * Draws) }, cancellationToken);
    }
}
