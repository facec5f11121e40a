using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The strongest of many random points of the ball, found without looking into the model: a baseline. An attack that does not do better than it has met masked gradients
/// (Athalye et al. 2018, arXiv 1802.00420; Carlini et al. 2019, arXiv 1902.06705). Targeted when the context has targets.
/// </summary>
public sealed record RandomNoise : IAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "random-noise";

    /// <summary>Points tried for each image; it stops at the first that fools. Default 100 (a choice of this library).</summary>
    public int Draws { get; init; } = 100;

    /// <summary>Where points are drawn from. Default: the surface of the ball, the strongest noise of its size; <see cref="RandomStart"/> draws inside it.</summary>
    public IAttackStart Source { get; init; } = new SurfaceStart();

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"noise {Draws}");

    /// <inheritdoc/>
    /// <remarks>A pass without a gradient counts as a third of one with it.</remarks>
    public long MaxGradients => Effort.Forward(Draws);

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => [];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Draws = Effort.Of(Draws, share) };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Draws), .. Source.ProblemsAs(nameof(Source))];

    /// <inheritdoc/>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        cancellationToken.ThrowIfCancellationRequested();
        AttackInput.ThrowIfInvalid(context);
        using IDisposable guard = no_grad();
        using AttackedModel model = new(context, cancellationToken: cancellationToken);
        using UnfooledBatch batch = new(context, model, new Margin());
        RandomStream noise = context.Noise.For("draw");
        for (int draw = 0; draw < Draws && batch.Count > 0; draw++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            batch.Query(new QueryCandidate(context.Threat.Project(batch.Context.StartBy(Source, noise.At(draw)), batch.Images)));
        }
        return batch.Finish();
    }
}
