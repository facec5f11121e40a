using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether losses that the attacks follow have a gradient at the images: without one an attack stays where it starts (AutoAttack asks the same of its DLR loss, Croce and Hein 2020).
/// Steps and rounding in the model do it, and logits so large that a loss of the probabilities has no digits left. A gradient that is
/// there, but too small for the digits of its numbers
/// (<see cref="AuditLook.WithoutGradient"/>), counts as none.
/// </summary>
public sealed record ZeroGradientCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "zero-gradients";

    // A few images may lie where all units of a small network are off.
    private const double Harmless = 0.05;

    /// <inheritdoc/>
    public long PassesPerExample => 5;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        if (subject.Suite.Attacks.All(attack => attack.Losses.Count == 0))
            return AuditAnswer.CouldNot("no attack of the suite follows a gradient.");
        if (!subject.Looks.TryGet(8, int.MaxValue, out var looks, out AuditAnswer? refusal, cancellationToken))
            return refusal!;
        if (Judge(looks.Count(look => look.Seen.WithoutGradient.All(without => without)), looks.Count, subject) is { } all)
        {
            return AuditAnswer.Found(AuditFinding.Of(this, AuditVerdict.Invalid, "the losses that attacks follow must have a gradient at the images", $"got none, or only what rounding leaves of one, for {all.Share}, whichever the loss",
                "Gradient attacks did not move there. Attack through a differentiable replacement of what has no gradient (BPDA), or with attacks that need none, such as Square.", all.PValue));
        }
        List<AuditFinding> findings = [];
        for (int i = 0; i < subject.Losses.Count; i++)
        {
            if (Judge(looks.Count(look => look.Seen.WithoutGradient[i]), looks.Count, subject) is { } dead)
            {
                findings.Add(AuditFinding.Of(this, AuditVerdict.Suspect, "the losses that attacks follow must have a gradient at the images",
                    $"got none, or only what rounding leaves of one, for {dead.Share} with the loss {DescriptionTypes.ShortNameOf(subject.Losses[i].GetType())}",
                    "Are logits so large, or so small, that float32 has no digits left? Scale them, or add attacks whose loss does not depend on their scale: APGD with the DLR loss, or CW.", dead.PValue));
            }
        }
        return AuditAnswer.Found([.. findings]);
    }

    private static (string Share, double PValue)? Judge(int dead, int total, AuditSubject subject)
    {
        double p = BinomialTail.AtLeast(dead, total, Harmless);
        return p < subject.Significance ? (string.Create(CultureInfo.InvariantCulture, $"{dead} of {Quantity.Of(total, "image")}"), p) : null;
    }
}
