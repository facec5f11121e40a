using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The smallest radius at which an attack succeeds, for each example, by bisection over the radius of the threat. It takes the attack to succeed at every radius above one it
/// succeeds at; where it does not, the bracket still holds a radius at which it begins to.
/// </summary>
/// <remarks>
/// All examples are tried at the largest radius first, then at the middles of their brackets, those with equal brackets together; each attack draws the same noise for an example at
/// every radius. What is reported was verified: ball, range, and the model's own verdict.
/// </remarks>
public sealed record MinimalEpsilon : IMinimumNormAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "minimal-epsilon";

    /// <summary>The attack. Default: PGD with its defaults.</summary>
    public IAttack Attack { get; init; } = new Pgd();

    /// <summary>The largest radius tried, in the threat's norm and pixel units. Default: the threat's.</summary>
    public double? Largest { get; init; }

    /// <summary>How wide a bracket may be at the end, as a share of the largest radius. Default 1/128: a sixteenth of a level at 8/255.</summary>
    public double Tolerance { get; init; } = 1.0 / 128;

    /// <inheritdoc/>
    public string Name => $"smallest epsilon of {Attack.Name}";

    /// <inheritdoc/>
    public long MaxGradients => Attack.MaxGradients * (1 + Halvings);

    private int Halvings => (int)Math.Ceiling(Math.Log2(1 / Tolerance));

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => Attack.Losses;

    /// <inheritdoc/>
    public bool AveragesDraws => Attack.AveragesDraws;

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Attack = Attack.WithEffort(share) };

    /// <inheritdoc/>
    public bool NeedsSurrogate => Attack.NeedsSurrogate;

    /// <inheritdoc/>
    public IEnumerable<Problem> ProblemsUnder(ThreatModel threat) => Attack?.ProblemsUnder(threat) ?? [];

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Attack.ProblemsAs(nameof(Attack)), .. Rule.PositiveOrDefault(Largest),
        // 2^40 brackets: far below the rounding of float32 pixels.
        .. Rule.InClosed(Tolerance, 1e-12, 1),
    ];

    /// <inheritdoc/>
    /// <remarks>No radius above the threat's is tried.</remarks>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        using IDisposable guard = no_grad();
        using EpsilonBrackets brackets = (this with { Largest = Math.Min(Largest ?? context.Threat.Epsilon, context.Threat.Epsilon) }).Brackets(context, cancellationToken);
        return brackets.Images.clone();
    }

    /// <inheritdoc/>
    /// <remarks>The distances are those of the images that the attack found at the smallest radius it succeeds at, so they may lie below that radius.</remarks>
    public MinimalPerturbations Minimize(AttackContext context, CancellationToken cancellationToken = default)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using EpsilonBrackets brackets = Brackets(context, cancellationToken);
        Tensor distances = context.Threat.Distance(brackets.Images, context.Images);
        Tensor found = brackets.Succeeded.isfinite().to(distances.device);
        return new MinimalPerturbations(
            brackets.Images.clone().DetachFromDisposeScope(),
            where(found, distances, distances.FilledLike(double.PositiveInfinity)).DetachFromDisposeScope());
    }

    /// <summary>The bracket of each example.</summary>
    /// <param name="context">What is attacked.</param>
    /// <param name="cancellationToken">Checked between attacks, and by them.</param>
    /// <returns>Images and radii. The caller disposes it.</returns>
    /// <exception cref="InvalidDescriptionException">The attack or the largest radius has problems.</exception>
    /// <exception cref="AttackRefusedException">The attack left the ball or the box.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the model is as it was.</exception>
    public EpsilonBrackets Brackets(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        cancellationToken.ThrowIfCancellationRequested();
        AttackInput.ThrowIfInvalid(context);
        ThreatModel largest = (context with { Threat = context.Threat with { Epsilon = Largest ?? context.Threat.Epsilon } }).Threat;
        largest.ThrowIfInvalid();
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using AttackedModel model = new(context, steers: false);
        return new EpsilonBisection(Attack, context, largest, model).Run(Halvings, cancellationToken);
    }
}
