using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether the same attack does at least as well with twice the radius, which allows all that the radius allows (Carlini et al. 2019, arXiv 1902.06705, section 4.4): McNemar's exact test on the
/// images that stand at the end of one ascent and not of the other.
/// </summary>
public sealed record EpsilonMonotonicityCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "epsilon-monotony";

    /// <inheritdoc/>
    public long PassesPerExample => 2 * AuditClimb.Passes;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        // With fewer than 16 images even unanimous ones are not significant.
        if (!subject.Climbs.TryGet(16, 64, out var near, out AuditAnswer? refusal, cancellationToken) || !subject.WiderClimbs.TryGet(16, near.Count, out var far, out refusal, cancellationToken))
            return refusal!;
        PairedComparison comparison = PairedComparison.Of(near.Take(far.Count).Select(climb => climb.Seen.Stands).ToArray(), far.Select(climb => climb.Seen.Stands).ToArray());
        return comparison.OnlySecond <= comparison.OnlyFirst || comparison.PValue >= subject.Significance ? AuditAnswer.NothingFound : AuditAnswer.Found(AuditFinding.Of(this, AuditVerdict.Suspect,
            "an attack must do at least as well with twice the radius", string.Create(CultureInfo.InvariantCulture,
                $"got {comparison.BothRight + comparison.OnlyFirst} of {comparison.Total} images that stand {AuditClimb.Steps} steps in the ball, and {comparison.BothRight + comparison.OnlySecond} in one twice as large"),
            "Gradients lead astray at a distance: take more steps and restarts, and attacks that need no gradient, such as Square.", comparison.PValue));
    }
}
