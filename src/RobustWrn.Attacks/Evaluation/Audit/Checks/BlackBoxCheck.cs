using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether attacks that ask for no gradient find what those with gradients left: AutoAttack calls an evaluation unreliable when Square lowers robust accuracy by more than 0.2 points after its
/// gradient attacks (Croce and Hein 2020). Here it must also be more than chance makes of 0.2 points, over all images. Where the suite has no such attack after one with gradients, the
/// audit asks 100 queries about images that are left; gradient attacks of few steps leave it some, so more than 1 in 50 must fall.
/// </summary>
public sealed record BlackBoxCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "black-box-beats-white-box";

    private const double HarmlessGain = 0.002, HarmlessShare = 0.02;

    /// <inheritdoc/>
    public long PassesPerExample => 105;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        bool[] blind = [.. subject.Suite.Attacks.Select(attack => attack.Losses.Count == 0)];
        int white = Array.IndexOf(blind, false), black = Array.FindIndex(blind, Math.Max(0, white), none => none);
        if (white < 0)
            return AuditAnswer.CouldNot("no attack of the suite follows a gradient.");
        return black < 0 ? OfItsOwn(subject, cancellationToken) : OfTheSuite(subject, white, blind);
    }

    private AuditAnswer OfTheSuite(AuditSubject subject, int white, bool[] blind)
    {
        long gain = subject.Result.Attacks.Where((_, i) => i > white && blind[i]).Sum(tally => tally.CorrectBefore - tally.CorrectAfter), total = subject.Result.Examples.Count;
        double p = BinomialTail.AtLeast(gain, total, HarmlessGain);
        return p >= subject.Significance ? AuditAnswer.NothingFound : AuditAnswer.Found(Finding("attacks without gradients must find next to nothing that attacks with gradients left",
            string.Create(CultureInfo.InvariantCulture, $"got {gain} of {Quantity.Of(total, "image")}, {100.0 * gain / total:0.0} points"), p));
    }

    private AuditAnswer OfItsOwn(AuditSubject subject, CancellationToken cancellationToken)
    {
        if (subject.Result.Robust.Hits == 0)
            return AuditAnswer.NothingFound;
        if (subject.Threat is not ISquareGeometry)
        {
            return AuditAnswer.CouldNot($"no attack of the suite does without gradients, and the audit's own search needs windows of the "
                + $"Square attack, which {subject.Threat.Norm} has none of: implement {nameof(ISquareGeometry)}, or add {nameof(RandomNoise)}.");
        }
        if (!subject.FellToQueries.TryGet(8, 64, out var asked, out AuditAnswer? refusal, cancellationToken))
            return refusal!;
        int fell = asked.Count(image => image.Seen);
        double p = BinomialTail.AtLeast(fell, asked.Count, HarmlessShare);
        return p >= subject.Significance ? AuditAnswer.NothingFound : AuditAnswer.Found(Finding("images that attacks with gradients left right must not fall to a short search that asks for logits alone",
            string.Create(CultureInfo.InvariantCulture, $"got {fell} of {asked.Count} that fell"), p));
    }

    private AuditFinding Finding(string rule, string value, double p) => AuditFinding.Of(this, AuditVerdict.Suspect, rule, value,
        "Gradients are hidden, or the attacks that follow them are weak: evaluate with AttackSuite.AutoAttack, with more queries, and through a differentiable replacement of what hides them (BPDA).", p);
}
