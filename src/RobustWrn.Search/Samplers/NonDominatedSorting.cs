using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The order in which NSGA-II prefers trials (Deb et al. 2002): by the front that they belong to, and within a front by how empty their
/// neighbourhood is. With one objective it is the order of values; equal ones go by number. Trials that break a constraint come behind all
/// that keep them, those that break less first.
/// </summary>
public static class NonDominatedSorting
{
    /// <summary>The first trials of the order.</summary>
    /// <param name="trials">Told trials.</param>
    /// <param name="count">How many at most.</param>
    public static IReadOnlyList<Observation> Best(IReadOnlyList<Observation> trials, int count)
    {
        ArgumentNullException.ThrowIfNull(trials);
        if (trials.Count == 0)
            return [];
        if (trials.Any(trial => !trial.IsFeasible))
        {
            return
            [
                .. Best([.. trials.Where(trial => trial.IsFeasible)], count)
                    .Concat(trials.Where(trial => !trial.IsFeasible).OrderBy(trial => trial.Violation).ThenBy(trial => trial.Number))
                    .Take(count),
            ];
        }
        if (trials[0].Values.Count == 1)
            return [.. trials.OrderByDescending(trial => trial.Values[0]).ThenBy(trial => trial.Number).Take(count)];
        List<Observation> chosen = [];
        List<Observation> left = [.. trials.OrderByDescending(trial => trial.Values[0]).ThenBy(trial => trial.Number)];
        while (chosen.Count < count && left.Count > 0)
        {
            List<Observation> front = [], behind = [];
            // Sorted by the first objective, a trial can only be dominated by one before it, or by an equal one behind it.
            foreach (Observation trial in left)
                (front.Exists(other => ParetoFront.Dominates(other.Values, trial.Values)) ? behind : front).Add(trial);
            front.RemoveAll(trial => front.Exists(other => ParetoFront.Dominates(other.Values, trial.Values)) && Moved(trial, behind));
            chosen.AddRange(ByCrowding(front));
            left = behind;
        }
        return [.. chosen.Take(count)];

        static bool Moved(Observation trial, List<Observation> to)
        {
            to.Add(trial);
            return true;
        }
    }

    private static IEnumerable<Observation> ByCrowding(List<Observation> front)
    {
        double[] room = new double[front.Count];
        for (int objective = 0; objective < front[0].Values.Count; objective++)
        {
            int[] order = [.. Enumerable.Range(0, front.Count).OrderBy(i => front[i].Values[objective]).ThenBy(i => front[i].Number)];
            double range = front[order[^1]].Values[objective] - front[order[0]].Values[objective];
            room[order[0]] = room[order[^1]] = double.PositiveInfinity;
            for (int i = 1; range > 0 && i < order.Length - 1; i++)
                room[order[i]] += (front[order[i + 1]].Values[objective] - front[order[i - 1]].Values[objective]) / range;
        }
        return Enumerable.Range(0, front.Count).OrderByDescending(i => room[i]).ThenBy(i => front[i].Number).Select(i => front[i]);
    }
}
