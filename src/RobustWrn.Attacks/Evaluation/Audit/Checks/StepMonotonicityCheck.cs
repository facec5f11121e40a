using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether more steps do at least as well as fewer (Carlini et al. 2019, arXiv 1902.06705, section 4.4): McNemar's exact test on the images that stand after half and after all steps of one ascent.
/// </summary>
public sealed record StepMonotonicityCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "step-monotony";

    /// <inheritdoc/>
    public long PassesPerExample => AuditClimb.Passes;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        // With fewer than 16 images even unanimous ones are not significant.
        if (!subject.Climbs.TryGet(16, 64, out var climbs, out AuditAnswer? refusal, cancellationToken))
            return refusal!;
        foreach (int steps in (int[])[1, AuditClimb.Steps / 2])
        {
            PairedComparison comparison = PairedComparison.Of(climbs.Select(climb => climb.Seen.Leads[steps] > 0).ToArray(), climbs.Select(climb => climb.Seen.Stands).ToArray());
            if (comparison.OnlySecond > comparison.OnlyFirst && comparison.PValue < subject.Significance)
            {
                return AuditAnswer.Found(AuditFinding.Of(this, AuditVerdict.Suspect, "an attack must do at least as well with more steps", string.Create(CultureInfo.InvariantCulture,
                    $"got {comparison.BothRight + comparison.OnlyFirst} of {comparison.Total} images that stand {steps} steps, and {comparison.BothRight + comparison.OnlySecond} that stand {AuditClimb.Steps}"),
                    "Gradients lead astray on the way: use attacks that keep the best point and adapt their steps (APGD), and attacks that need no gradient, such as Square.", comparison.PValue));
            }
        }
        return AuditAnswer.NothingFound;
    }
}
