using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether images that the suite left right fall to ten steps on the margin of the logits, which saturates nowhere: a suite whose losses
/// have no digits left where the model is sure of itself
/// finds less than that (Carlini and Wagner 2017, arXiv 1608.04644, section 6.2, on defensive distillation). Counted among all images that
/// are right unchanged: of few that are left by a good
/// suite, many may be a matter of luck.
/// </summary>
public sealed record MarginAscentCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "margin-beats-suite";

    // Published tables have the margin attack some points below PGD on the cross-entropy for sound models (MART: 4 of all images).
    private const double Harmless = 0.1;

    /// <inheritdoc/>
    public long PassesPerExample => AuditClimb.Passes;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        if (subject.Result.Robust.Hits == 0)
            return AuditAnswer.NothingFound;
        if (!subject.MarginClimbs.TryGet(8, 64, out var climbs, out AuditAnswer? refusal, cancellationToken))
            return refusal!;
        int fell = climbs.Count(climb => climb.Example.Outcome.Robust && !climb.Seen.StandsThroughout);
        double p = BinomialTail.AtLeast(fell, climbs.Count, Harmless);
        return p >= subject.Significance ? AuditAnswer.NothingFound : AuditAnswer.Found(AuditFinding.Of(this, AuditVerdict.Suspect,
            "images that the suite left right must not fall to a short ascent on the margin of the logits",
            string.Create(CultureInfo.InvariantCulture,
                $"got {fell} of {climbs.Count} that the suite left right and that fell within {AuditClimb.Steps} steps"),
            "The losses of the suite saturate, or its steps are too few: add attacks on the logits, CwLinf or APGD with the DLR loss, "
            + "or take AttackSuite.AutoAttack.", p));
    }
}
