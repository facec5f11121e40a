using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Successive halving for adversarial training: it believes ranks only where the schedule has settled them, and before that only what
/// trials of the same study have shown.
/// </summary>
/// <remarks>
/// <para>
/// Robust accuracy is not learned evenly. When the learning rate drops it jumps, by different amounts, so ranks before a drop say little
/// of ranks after it; it peaks some epochs after the first drop and falls from there (Rice, Wong and Kolter 2020, arXiv 2002.11569); fast
/// adversarial training may fall to nothing within an epoch or two and not come back (Wong, Rice and Kolter 2020, arXiv 2001.03994); some
/// trainings start low and end high, such as those whose averaged weights are measured. Therefore:
/// </para>
/// <list type="bullet">
/// <item>A trial is worth its best step, not the one at which it stands.</item>
/// <item>
/// Trials are halved some steps after each drop. They compete with what they are expected to have at the next settled rung: their best
/// so far, and what the three trials with the most similar curves gained from here to there.
/// </item>
/// <item>
/// Before that a trial ends only where trials with similar curves, looked at later, hardly ever stood among the best: a binomial test
/// against what any trial may hope for. A curve unlike all others is not judged, and nothing is before enough trials have shown it.
/// </item>
/// <item>A collapsed trial gains nothing more: it goes on only while its best step stands among the best of all.</item>
/// <item>
/// Where drops are not told, it looks after a half and three quarters of the steps, where schedules of the literature drop, and believes
/// ranks at the first place only if a drop shows: many curves that rise at once.
/// </item>
/// </list>
/// </remarks>
public sealed record ScheduleAwareHalving : IPruner
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "schedule-aware-halving";

    // Rice et al. 2020, and most after them, drop there; Zhang et al. 2019 (TRADES) drop at the second first.
    private static readonly ValueList<double> UsualDrops = [0.5, 0.75];

    /// <summary>One in so many goes on. Default 4, as in Li et al. 2020; Li et al. 2018, section 2.6, advise 3 or 4.</summary>
    public int Reduction { get; init; } = 4;

    /// <summary>
    /// The share of all steps that pass after a drop before ranks are believed. Default 0.04: in Rice et al. 2020 the best epoch lies up to
    /// 7 of 200 after the first drop.
    /// </summary>
    public double Settling { get; init; } = 0.04;

    /// <summary>
    /// The chance that a trial with the prospects of any, one in <see cref="Reduction"/>, would look as hopeless before ranks are settled;
    /// smaller is more careful. Default 0.25: five similar trials in a row without one among the best quarter.
    /// </summary>
    public double Doubt { get; init; } = 0.25;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Between(Reduction, 2, 1_000),
        .. Rule.ProperShare(Settling),
        .. Rule.ProperShare(Doubt),
    ];

    /// <inheritdoc/>
    public ValueList<int> Rungs(TrainingLadder ladder)
    {
        ValueList<int> settled = SettledRungs(ladder);
        int first = settled.Count == 0 ? ladder.LastStep : settled[0];
        return
        [
            .. Enumerable.Range(1, 3).Select(k => (int)Math.Ceiling(ladder.LastStep / Math.Pow(Reduction, k)))
                .Where(rung => rung < first).Distinct().Order(),
            .. settled,
        ];
    }

    /// <inheritdoc/>
    public PruningDecision Decide(PrunerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        // A report that comes late, after the rung, is of a trial that stands nowhere.
        if (!Rungs(context.Ladder).Contains(context.Rung) || context.Trial.LastStep < context.Rung)
            return PruningDecision.GoOn;
        CurveTable curves = new([context.Trial, .. context.Others]);
        ValueList<int> settled = SettledRungs(context.Ladder);
        if (context.Ladder.DropSteps().Count == 0)
        {
            RateDrop drop = new(curves, context.Ladder.LastStep, Grace(context.Ladder));
            settled = [.. settled.Where(drop.ShowsBy)];
        }
        return new Collapse(curves, context.Rung).Of(curves.At(context.Trial))
            ? OnCollapsed(context, curves)
            : settled.Contains(context.Rung) ? OnSettled(context, curves, settled) : OnProspects(context, curves, settled);
    }

    private int Grace(TrainingLadder ladder) => Math.Max(1, (int)Math.Round(Settling * ladder.LastStep, MidpointRounding.AwayFromZero));

    // Those that are not told are candidates only.
    private ValueList<int> SettledRungs(TrainingLadder ladder)
    {
        this.ThrowIfInvalid();
        ladder.ThrowIfInvalid();
        ValueList<int> drops = ladder.DropSteps() is { Count: > 0 } told ? told : (ladder with { Drops = UsualDrops }).DropSteps();
        return [.. drops.Select(drop => drop + Grace(ladder)).Where(rung => rung < ladder.LastStep).Distinct()];
    }

    private PruningDecision OnCollapsed(PrunerContext context, CurveTable curves)
    {
        (int Number, ValueList<double> Values)[] standing =
            [.. curves.Standing(context.Rung).Select(at => (curves[at].Number, curves[at].BestBy(context.Rung)!))];
        int kept = Math.Max(1, standing.Length / Reduction);
        IReadOnlyList<int> best = CurveOrder.Best(standing, kept);
        return best.Contains(context.Trial.Number)
            ? PruningDecision.GoOn
            : PruningDecision.Stop(string.Create(CultureInfo.InvariantCulture,
                $"at step {context.Rung} it had collapsed to {PruningText.Of(context.Trial.At(context.Rung)!)}, and its best, "
                + $"{PruningText.Of(context.Trial.BestBy(context.Rung)!)}, was not among the best {kept} of {standing.Length} by then"));
    }

    private PruningDecision OnSettled(PrunerContext context, CurveTable curves, ValueList<int> settled)
    {
        ExpectedLevels levels = new(curves, context.Rung, Next(context, settled), Grace(context.Ladder));
        int kept = Math.Max(1, levels.Count / Reduction);
        IReadOnlyList<int> best = levels.Best(kept);
        if (best.Contains(context.Trial.Number))
            return PruningDecision.GoOn;
        return PruningDecision.Stop(string.Create(CultureInfo.InvariantCulture,
            $"by step {context.Rung} its best was {PruningText.Of(context.Trial.BestBy(context.Rung)!)}, from which "
            + $"{PruningText.Of(levels.Of(context.Trial.Number))} is expected by step {levels.Later}: not among the best {kept} of "
            + $"{levels.Count} that came there, the last of which, trial {best[^1]}, has {PruningText.Of(levels.Of(best[^1]))}"));
    }

    private PruningDecision OnProspects(PrunerContext context, CurveTable curves, ValueList<int> settled)
    {
        int later = Next(context, settled);
        int judged = settled.FirstOrDefault(rung => rung > later, context.Ladder.LastStep);
        ExpectedLevels levels = new(curves, later, judged, Grace(context.Ladder), except: context.Trial.Number);
        Prospects prospects = new(Reduction, Doubt);
        return prospects.Judge(curves, curves.At(context.Trial), context.Rung, levels) is { } verdict
            ? PruningDecision.Stop(string.Create(CultureInfo.InvariantCulture,
                $"at step {context.Rung} it had {PruningText.Of(context.Trial.At(context.Rung)!)}, and of the {Quantity.Of(verdict.Similar, "trial")} "
                + $"with the most similar curves {verdict.Best} stood among the best {verdict.Kept} of {levels.Count} after step {later}"))
            : PruningDecision.GoOn;
    }

    private static int Next(PrunerContext context, ValueList<int> settled) =>
        settled.FirstOrDefault(rung => rung > context.Rung, context.Ladder.LastStep);
}
