namespace RobustWrn.Search;

/// <summary>
/// Catastrophic overfitting as a curve shows it: a value that was high has fallen to next to nothing and stays there (Wong, Rice and Kolter
/// 2020: robust accuracy falls to 0 within an epoch or two).
/// </summary>
internal sealed class Collapse
{
    // One bad epoch happens to sound trainings, too.
    private const int Steps = 3;

    // Of the way from the lowest value of all trials to the trial's best.
    private const double Fallen = 0.75;

    private readonly CurveTable _curves;
    private readonly int _step;
    private readonly double[][] _best;
    private readonly double[] _median;

    /// <summary>Looks at all trials that came to a step.</summary>
    /// <param name="curves">The trials.</param>
    /// <param name="step">The step.</param>
    public Collapse(CurveTable curves, int step)
    {
        (_curves, _step) = (curves, step);
        _best = new double[curves.Objectives][];
        _median = new double[curves.Objectives];
        int[] standing = [.. curves.Standing(step)];
        for (int o = 0; o < curves.Objectives; o++)
        {
            _best[o] = new double[curves.Count];
            foreach (int at in standing)
            {
                for (int s = 1; s <= step; s++)
                    _best[o][at] = Math.Max(_best[o][at], curves.Value(at, s, o));
            }
            double[] sorted = [.. standing.Select(at => _best[o][at]).Order()];
            _median[o] = sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
        }
    }

    /// <summary>
    /// Tells whether an objective has lost three quarters of its best at the last three steps, and that best was at least the median of
    /// all: who never was high has not collapsed but not started.
    /// </summary>
    /// <param name="trial">The place of a trial that came to the step.</param>
    public bool Of(int trial)
    {
        for (int o = 0; _step > Steps && o < _best.Length; o++)
        {
            double best = _best[o][trial];
            bool fallen = best > 0 && best >= _median[o];
            for (int s = _step - Steps + 1; s <= _step; s++)
                fallen = fallen && _curves.Value(trial, s, o) <= (1 - Fallen) * best;
            if (fallen)
                return true;
        }
        return false;
    }
}
