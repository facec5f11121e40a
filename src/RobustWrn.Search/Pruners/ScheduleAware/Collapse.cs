namespace RobustWrn.Search;

/// <summary>
/// Catastrophic overfitting as a curve shows it: a value that was high has fallen to next to nothing and stays there (Wong, Rice and Kolter
/// 2020: robust accuracy falls to 0 within an epoch or two).
/// </summary>
internal static class Collapse
{
    // One bad epoch happens to sound trainings, too.
    private const int Steps = 3;

    // Of the way from the lowest value of all trials to the trial's best.
    private const double Fallen = 0.75;

    /// <summary>
    /// Tells whether an objective has lost three quarters of its best at the last three steps, and that best was at least the median of
    /// the others' best: who never was high has not collapsed but not started.
    /// </summary>
    /// <param name="curves">The trials.</param>
    /// <param name="trial">The trial's place.</param>
    /// <param name="step">The step at which it stands.</param>
    public static bool Of(CurveTable curves, int trial, int step)
    {
        int last = Math.Min(step, curves[trial].LastStep);
        if (last <= Steps)
            return false;
        int[] others = [.. curves.Standing(last).Where(other => other != trial)];
        for (int objective = 0; others.Length > 0 && objective < curves.Objectives; objective++)
        {
            double best = Best(curves, trial, last, objective);
            double[] bests = [.. others.Select(other => Best(curves, other, last, objective)).Order()];
            bool fallen = true;
            for (int s = last - Steps + 1; s <= last; s++)
                fallen &= curves.Value(trial, s, objective) <= (1 - Fallen) * best;
            if (fallen && best > 0 && best >= bests[bests.Length / 2])
                return true;
        }
        return false;
    }

    private static double Best(CurveTable curves, int trial, int last, int objective)
    {
        double best = 0;
        for (int s = 1; s <= last; s++)
            best = Math.Max(best, curves.Value(trial, s, objective));
        return best;
    }
}
