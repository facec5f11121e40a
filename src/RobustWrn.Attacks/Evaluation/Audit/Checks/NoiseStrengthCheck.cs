using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether a random step is as strong as FGSM's, of the same length along the gradient: then the gradient says nothing (Athalye et al. 2018, arXiv 1802.00420; Carlini et al. 2019,
/// arXiv 1902.06705). It compares how far the lead of the true class falls, which each image shows, not how many images fall, which few do.
/// </summary>
public sealed record NoiseStrengthCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "noise-as-strong-as-fgsm";

    // Chance would win on half of the images. Sound models whose loss bends within the radius lose a few of a hundred to it.
    private const double Harmless = 0.2;

    /// <inheritdoc/>
    public long PassesPerExample => 5;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        if (!subject.Looks.TryGet(8, int.MaxValue, out var looks, out AuditAnswer? refusal, cancellationToken))
            return refusal!;
        int won = looks.Count(look => look.Seen.LeadAfterNoise < look.Seen.LeadAfterStep);
        double p = BinomialTail.AtLeast(won, looks.Count, Harmless);
        return p >= subject.Significance ? AuditAnswer.NothingFound : AuditAnswer.Found(AuditFinding.Of(this, AuditVerdict.Suspect,
            "a step along the gradient must lower the lead of the true class more than a random step of its length", string.Create(CultureInfo.InvariantCulture, $"got {won} of {looks.Count} images on which noise lowers it more"),
            "Gradients do not show the way: look for steps, rounding, saturation and randomness in the model, and attack with Square or through a differentiable replacement (BPDA).", p));
    }
}
