using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether accuracy falls to 0 without a bound: when any image of [0, 1] may be shown, gradient ascent must find one that the model takes for something else (Carlini et al. 2019,
/// arXiv 1902.06705, section 4.4). An image counts as fallen if it fell anywhere on the way.
/// </summary>
public sealed record UnboundedEpsilonCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "unbounded-epsilon";

    // Ten steps may miss one of many images of a sound model.
    private const double Harmless = 0.05;

    /// <inheritdoc/>
    public long PassesPerExample => AuditClimb.Passes;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        if (!subject.UnboundedClimbs.TryGet(8, 64, out var climbs, out AuditAnswer? refusal, cancellationToken))
            return refusal!;
        int standing = climbs.Count(climb => climb.Seen.StandsThroughout);
        double p = BinomialTail.AtLeast(standing, climbs.Count, Harmless);
        return p >= subject.Significance ? AuditAnswer.NothingFound : AuditAnswer.Found(AuditFinding.Of(this, AuditVerdict.Suspect,
            "gradient ascent that may change every pixel to anything must fool the model on every image", string.Create(CultureInfo.InvariantCulture, $"got {standing} of {climbs.Count} images that stand through {AuditClimb.Steps} steps"),
            "Gradients do not show the way: look for steps, rounding and saturation in the model, and attack with Square or through a differentiable replacement (BPDA).", p));
    }
}
