using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether what a short ascent finds on another model fools this one where the suite did not: an attacker that cannot look into the model must not do better than one that can
/// (Papernot et al. 2017, arXiv 1602.02697; Athalye et al. 2018, arXiv 1802.00420).
/// </summary>
public sealed record TransferCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "transfer-beats-white-box";

    private const double Harmless = 0.01;

    /// <inheritdoc/>
    public long PassesPerExample => AuditClimb.Passes;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        if (subject.Surrogate is null)
            return AuditAnswer.CouldNot("no surrogate was given. Write new EvaluationOptions { Surrogate = otherModel } with another model of the same images and classes.");
        if (subject.Result.Robust.Hits == 0)
            return AuditAnswer.NothingFound;
        if (!subject.FellToTransfer.TryGet(8, 64, out var shown, out AuditAnswer? refusal, cancellationToken))
            return refusal!;
        int fell = shown.Count(image => image.Seen);
        double p = BinomialTail.AtLeast(fell, shown.Count, Harmless);
        return p >= subject.Significance ? AuditAnswer.NothingFound : AuditAnswer.Found(AuditFinding.Of(this, AuditVerdict.Suspect,
            "images that the suite left right must not fall to what was found on another model", string.Create(CultureInfo.InvariantCulture, $"got {fell} of {shown.Count} that fell to {AuditClimb.Steps} steps on the surrogate"),
            "The suite is weak, or the model's own gradients are hidden: use AttackSuite.AutoAttack, look for steps, rounding and saturation in the model, and attack through a differentiable replacement (BPDA).", p));
    }
}
