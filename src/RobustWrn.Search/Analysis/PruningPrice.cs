using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The price of pruning as the exempt trials tell it: those of them that the pruner would have ended, and which of these came to be the
/// best of the study, or on its front.
/// </summary>
/// <param name="Exempt">The completed exempt trials.</param>
/// <param name="WouldEnd">The numbers of those that the pruner would have ended.</param>
/// <param name="Lost">
/// The numbers of those of them that no completed trial of the study beats: with one objective the best, with several those on the front.
/// </param>
public sealed record PruningPrice(int Exempt, ValueList<int> WouldEnd, ValueList<int> Lost)
{
    /// <summary>Decides on the exempt trials of a study as on the others.</summary>
    /// <param name="pruner">The study's pruner.</param>
    /// <param name="ladder">The steps of a trial.</param>
    /// <param name="trials">The trials of the study, in any order.</param>
    /// <param name="width">The trials of a batch.</param>
    /// <param name="random">The study's randomness for pruners: trial t at step s draws from its index t, and of that from s.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is below 1.</exception>
    /// <exception cref="InvalidDescriptionException">The pruner or the ladder has problems.</exception>
    public static PruningPrice Of(
        IPruner pruner, TrainingLadder ladder, IEnumerable<TrialCurve> trials, int width, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(pruner);
        ArgumentNullException.ThrowIfNull(trials);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        TrialCurve[] all = [.. trials];
        TrialCurve[] exempt = [.. all.Where(trial => PruningExemption.Covers(trial.Number) && trial.IsTold).OrderBy(trial => trial.Number)];
        ValueList<int> rungs = pruner.Rungs(ladder);
        ValueList<int> ended = [.. exempt.Where(trial => rungs.Any(rung => Ends(trial, rung))).Select(trial => trial.Number)];
        TrialCurve[] told = [.. all.Where(trial => trial.IsTold)];
        return new PruningPrice(exempt.Length, ended,
        [
            .. exempt.Where(trial => ended.Contains(trial.Number)
                && !Array.Exists(told, other => ParetoFront.Dominates(other.Final, trial.Final))).Select(trial => trial.Number),
        ]);

        bool Ends(TrialCurve trial, int rung)
        {
            int first = trial.Number / width * width;
            ValueList<TrialCurve> others =
            [
                .. all.Where(other => other.Number < first + width).Select(other => other.Number < first ? other : other.UpTo(rung)),
            ];
            return pruner.Decide(new PrunerContext(ladder, rung, trial, others, random.At(trial.Number).At(rung))).Stops;
        }
    }

    /// <summary>The counts, and the numbers of those that were lost.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"of {Quantity.Of(Exempt, "exempt trial")} the pruner would have ended {WouldEnd.Count}, ")
        + (Lost.Count == 0 ? "none of them among the best in the end"
            : string.Create(CultureInfo.InvariantCulture,
                $"{Lost.Count} of them best in the end: {Quantity.First([.. Lost.Select(number => $"trial {number}")], 6)}"));
}
