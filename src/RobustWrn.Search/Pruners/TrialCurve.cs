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
    /// <summary>A curve.</summary>
    /// <param name="number">The trial's number, from 0.</param>
    /// <param name="state">How far the trial is.</param>
    /// <param name="points">What it reported; of a step that stands there twice the first counts.</param>
    public TrialCurve(int number, TrialState state, ValueList<CurvePoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        (Number, State) = (number, state);
        Points = [.. points.DistinctBy(point => point.Step).OrderBy(point => point.Step).Select(Comparable)];
    }

    /// <summary>The trial's number, from 0.</summary>
    public int Number { get; }

    /// <summary>How far the trial is.</summary>
    public TrialState State { get; init; }

    /// <summary>What it reported, by step, each step once.</summary>
    public ValueList<CurvePoint> Points { get; }

    /// <summary>What it was told with in the end: one value per objective, larger ones better; empty unless it is completed.</summary>
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
    public ValueList<double>? BestBy(int step) => OfEach(step, values => values.Max());

    /// <summary>The mean values by a step, of each objective on its own; null before the first.</summary>
    /// <param name="step">The step.</param>
    public ValueList<double>? MeanBy(int step) => OfEach(step, values => values.Average());

    /// <summary>The curve as it was when the trial had come to a step: what was reported later, and how it ended, is left out.</summary>
    /// <param name="step">The step.</param>
    public TrialCurve UpTo(int step) => new(Number, TrialState.Pending, [.. Points.Take(Count(step))]);

    /// <summary>Number, state and the last values.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"trial {Number}, {State.ToString().ToLowerInvariant()}: {(Points.Count == 0 ? "nothing reported" : Points[^1])}");

    private ValueList<double>? OfEach(int step, Func<IEnumerable<double>, double> of)
    {
        int count = Count(step);
        return count == 0 ? null
            : [.. Enumerable.Range(0, Points[0].Values.Count).Select(o => of(Points.Take(count).Select(point => point.Values[o])))];
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
