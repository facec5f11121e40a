namespace RobustWrn.Search;

/// <summary>
/// Curves of one study step by step, so that they can be compared: a missing step has the values before it, what is not finite the lowest
/// that any trial had, and each objective is measured in its own range.
/// </summary>
internal sealed class CurveTable
{
    private readonly TrialCurve[] _trials;
    private readonly double[][] _values;

    /// <summary>The curves of the first trial and of those that have as many objectives and reported something.</summary>
    public CurveTable(IReadOnlyList<TrialCurve> trials)
    {
        Objectives = trials[0].Points[0].Values.Count;
        _trials = [.. trials.Where(trial => trial.Points.Count > 0 && trial.Points[0].Values.Count == Objectives).OrderBy(trial => trial.Number)];
        double[] lowest = new double[Objectives], range = new double[Objectives];
        for (int o = 0; o < Objectives; o++)
            (lowest[o], range[o]) = Range(o);
        _values = [.. _trials.Select(trial => Dense(trial, lowest, range))];
    }

    public int Objectives { get; }

    public int Count => _trials.Length;

    public TrialCurve this[int at] => _trials[at];

    public int At(TrialCurve trial) => Array.FindIndex(_trials, other => other.Number == trial.Number);

    /// <summary>The places of the trials that came as far as a step, by number.</summary>
    public IEnumerable<int> Standing(int step) => Enumerable.Range(0, Count).Where(at => _trials[at].LastStep >= step);

    /// <summary>A value, from 0, the lowest that any trial had, to 1, the highest.</summary>
    /// <param name="at">The trial's place.</param>
    /// <param name="step">The step, from 1, at most the trial's last one.</param>
    /// <param name="objective">The objective.</param>
    public double Value(int at, int step, int objective) => _values[at][(step - 1) * Objectives + objective];

    /// <summary>The sum of the squared differences of two trials that came as far as a step.</summary>
    public double Distance(int a, int b, int step)
    {
        ReadOnlySpan<double> left = _values[a].AsSpan(0, step * Objectives), right = _values[b].AsSpan(0, step * Objectives);
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
            sum += (left[i] - right[i]) * (left[i] - right[i]);
        return sum;
    }

    /// <summary>Places in the order of their distance to a trial; equally near ones by number.</summary>
    public int[] Nearest(int to, IEnumerable<int> among, int step)
    {
        int[] places = [.. among.Where(at => at != to)];
        double[] distances = [.. places.Select(at => Distance(at, to, step))];
        int[] order = [.. Enumerable.Range(0, places.Length)];
        Array.Sort(order, (a, b) => distances[a].CompareTo(distances[b]) is not 0 and int by ? by : a.CompareTo(b));
        return [.. order.Select(i => places[i])];
    }

    private (double Lowest, double Range) Range(int objective)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (TrialCurve trial in _trials)
        {
            foreach (CurvePoint point in trial.Points.AsSpan())
            {
                if (double.IsFinite(point.Values[objective]))
                    (low, high) = (Math.Min(low, point.Values[objective]), Math.Max(high, point.Values[objective]));
            }
        }
        return low < high ? (low, high - low) : (double.IsFinite(low) ? low : 0, 0);
    }

    private double[] Dense(TrialCurve trial, double[] lowest, double[] range)
    {
        double[] values = new double[trial.LastStep * Objectives];
        ReadOnlySpan<CurvePoint> points = trial.Points.AsSpan();
        int next = 0;
        for (int step = 1; step <= trial.LastStep; step++)
        {
            while (next < points.Length - 1 && points[next + 1].Step <= step)
                next++;
            for (int o = 0; o < Objectives; o++)
            {
                double value = points[next].Values[o];
                values[(step - 1) * Objectives + o] = range[o] > 0 && double.IsFinite(value) ? (value - lowest[o]) / range[o] : 0;
            }
        }
        return values;
    }
}
