using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A trial as a pruner knows it.</summary>
/// <remarks>
/// A value that is not a number, as a training that diverged may report, is worse than any number. Steps may be missing: at a step counts
/// what was reported last.
/// </remarks>
public sealed record TrialCurve
{
    // Of each objective by each point; made when first asked for, since most curves are only cut.
    private ValueList<ValueList<double>>? _best, _mean;

    /// <summary>A curve.</summary>
    /// <param name="number">The trial's number, from 0.</param>
    /// <param name="state">The state of the trial.</param>
    /// <param name="points">What it reported, in any order; of a step that stands there twice the first counts.</param>
    public TrialCurve(int number, TrialState state, ValueList<CurvePoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        (Number, State) = (number, state);
        Points = [.. points.DistinctBy(point => point.Step).OrderBy(point => point.Step).Select(Comparable)];
    }

    private TrialCurve(TrialCurve curve, int count)
    {
        (Number, State) = (curve.Number, TrialState.Pending);
        Points = ValueList.Create(curve.Points.AsSpan()[..count]);
    }

    /// <summary>The trial's number, from 0.</summary>
    public int Number { get; }

    /// <summary>How far the trial is.</summary>
    public TrialState State { get; init; }

    /// <summary>The reports, by step, each step once.</summary>
    public ValueList<CurvePoint> Points { get; }

    /// <summary>The outcome: one value per objective, larger ones better; empty unless it is completed.</summary>
    public ValueList<double> Final { get; init => field = Comparable(value); } = [];

    /// <summary>The last step that it reported; 0 before the first.</summary>
    public int LastStep => Points.Count == 0 ? 0 : Points[^1].Step;

    /// <summary>Says that it is completed and what with.</summary>
    public bool IsTold => State == TrialState.Completed && Final.Count > 0;

    /// <summary>The values at a step: those reported last by then; null before the first.</summary>
    /// <param name="step">The step.</param>
    public ValueList<double>? At(int step) => Count(step) is > 0 and int count ? Points[count - 1].Values : null;

    /// <summary>
    /// The best values by a step, of each objective on its own; null before the first. They are what a training that keeps its best epoch
    /// has in hand.
    /// </summary>
    /// <param name="step">The step.</param>
    public ValueList<double>? BestBy(int step) =>
        Count(step) is > 0 and int count ? (_best ??= Running((best, value, _) => Math.Max(best, value)))[count - 1] : null;

    /// <summary>The mean values by a step, of each objective on its own; null before the first.</summary>
    /// <param name="step">The step.</param>
    public ValueList<double>? MeanBy(int step) =>
        Count(step) is > 0 and int count ? (_mean ??= Running((mean, value, n) => mean + (value - mean) / n))[count - 1] : null;

    /// <summary>The curve as it was when the trial had come to a step: what was reported later, and how it ended, is left out.</summary>
    /// <param name="step">The step.</param>
    public TrialCurve UpTo(int step) =>
        Count(step) == Points.Count && State == TrialState.Pending && Final.Count == 0 ? this : new(this, Count(step));

    /// <summary>Compares number, state and values.</summary>
    /// <param name="other">Another curve.</param>
    public bool Equals(TrialCurve? other) => other is not null
        && (Number, State) == (other.Number, other.State) && Points.Equals(other.Points) && Final.Equals(other.Final);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Number, State, Points, Final);

    /// <summary>Number, state and the last values.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"trial {Number}, {State.ToString().ToLowerInvariant()}: {(Points.Count == 0 ? "nothing reported" : Points[^1])}");

    // With the number of points so far, from 1. A mean with a value below any number stays there.
    private ValueList<ValueList<double>> Running(Func<double, double, int, double> next)
    {
        ValueList<double>[] running = new ValueList<double>[Points.Count];
        running[0] = Points[0].Values;
        for (int i = 1; i < running.Length; i++)
        {
            ValueList<double> before = running[i - 1], values = Points[i].Values;
            running[i] = [.. values.Select((value, o) =>
                double.IsInfinity(before[o]) && value == before[o] ? value : next(before[o], value, i + 1))];
        }
        return [.. running.Select(Comparable)];
    }

    // Points by the step.
    private int Count(int step)
    {
        int low = 0, high = Points.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Points[middle].Step <= step ? (middle + 1, high) : (low, middle);
        }
        return low;
    }

    private static CurvePoint Comparable(CurvePoint point) =>
        point.Values.Any(double.IsNaN) ? point with { Values = Comparable(point.Values) } : point;

    private static ValueList<double> Comparable(ValueList<double> values) =>
        values.Any(double.IsNaN) ? [.. values.Select(value => double.IsNaN(value) ? double.NegativeInfinity : value)] : values;
}
