using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether FGSM, one step, beats attacks of many steps, which can do all that it does (Athalye et al. 2018, arXiv 1802.00420, section 3.1): images that the suite left right fall to it, or on
/// most images it lowers the lead of the true class more than ten steps do.
/// </summary>
public sealed record SingleStepCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "fgsm-beats-pgd";

    // Of what a suite of few steps leaves, one image in a hundred may fall to a lucky step.
    private const double HarmlessGain = 0.01, HarmlessShare = 0.2;

    // A twentieth more than ten steps did: two ways to the same corner differ in rounding.
    private const double Ahead = 1.05;

    /// <inheritdoc/>
    public long PassesPerExample => AuditClimb.Passes + 1;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        if (!subject.Looks.TryGet(8, int.MaxValue, out var looks, out AuditAnswer? refusal, cancellationToken))
            return refusal!;
        List<AuditFinding> findings = [];
        AuditLook[] standing = [.. looks.Where(look => look.Example.Outcome.Robust).Select(look => look.Seen)];
        int fell = standing.Count(look => look.LeadAfterStep < 0);
        if (standing.Length > 0 && BinomialTail.AtLeast(fell, standing.Length, HarmlessGain) is var p && p < subject.Significance)
        {
            findings.Add(Finding("images that the suite left right must not fall to one step of FGSM", string.Create(CultureInfo.InvariantCulture, $"got {fell} of {standing.Length} that fell"), p));
        }
        if (!subject.Climbs.TryGet(8, 64, out var climbs, out refusal, cancellationToken))
            return findings.Count > 0 ? AuditAnswer.Found([.. findings]) : refusal!;
        Dictionary<long, AuditLook> known = looks.ToDictionary(look => look.Example.Outcome.Index, look => look.Seen);
        (double One, double Ten)[] drops = [.. climbs.Where(climb => known.ContainsKey(climb.Example.Outcome.Index))
            .Select(climb => (Drop(known[climb.Example.Outcome.Index].Lead, known[climb.Example.Outcome.Index].LeadAfterStep), Drop(climb.Seen.Leads[0], climb.Seen.Leads[^1])))];
        int ahead = drops.Count(drop => drop.One > 0 && drop.One > Ahead * drop.Ten);
        double share = BinomialTail.AtLeast(ahead, drops.Length, HarmlessShare);
        if (share < subject.Significance)
        {
            findings.Add(Finding($"{AuditClimb.Steps} steps must lower the lead of the true class at least as much as one step of FGSM",
                string.Create(CultureInfo.InvariantCulture, $"got {ahead} of {drops.Length} images on which one step lowers it by a twentieth more"), share));
        }
        return AuditAnswer.Found([.. findings]);
    }

    private AuditFinding Finding(string rule, string value, double p) => AuditFinding.Of(this, AuditVerdict.Suspect, rule, value,
        "Gradients lead astray beyond the image itself, or the suite's steps are too short or too few: use attacks that adapt their steps (APGD) with several restarts, and attacks that need no gradient, such as Square.", p);

    private static double Drop(double from, double to) => from - to;
}
