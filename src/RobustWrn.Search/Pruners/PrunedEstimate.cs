using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The value that a sampler may believe a pruned trial would have come to: the mean of what those completed trials came to that stood
/// nearest to it at its last step. A sampler that leaves pruned trials out would propose their neighbours again and again.
/// </summary>
public static class PrunedEstimate
{
    /// <summary>The neighbours that are averaged: enough to even out the noise of one training, few enough to be near.</summary>
    public const int Neighbours = 3;

    /// <summary>The estimate.</summary>
    /// <param name="trial">The pruned trial.</param>
    /// <param name="others">Trials of the same study, in any order; those that are not completed are left out.</param>
    /// <returns>
    /// One value per objective, larger ones better; null where the trial reported nothing, or no completed trial reported at that step.
    /// </returns>
    public static ValueList<double>? Of(TrialCurve trial, IEnumerable<TrialCurve> others)
    {
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentNullException.ThrowIfNull(others);
        if (trial.Points.Count == 0)
            return null;
        CurvePoint last = trial.Points[^1];
        (TrialCurve Trial, ValueList<double> Values)[] known =
        [
            .. others.Where(other => other.IsTold && other.Number != trial.Number && other.Final.Count == last.Values.Count)
                .Select(other => (Trial: other, Values: other.Points.FirstOrDefault(point => point.Step == last.Step)?.Values))
                .Where(other => other.Values?.Count == last.Values.Count)
                .Select(other => (other.Trial, other.Values!)),
        ];
        if (known.Length == 0)
            return null;
        return
        [
            .. Enumerable.Range(0, last.Values.Count).Select(o => known
                .OrderBy(other => Distance(other.Values[o], last.Values[o])).ThenBy(other => other.Trial.Number)
                .Take(Neighbours).Average(other => other.Trial.Final[o])),
        ];
    }

    // Two that diverged alike are near, though their difference is no number.
    private static double Distance(double a, double b) => a == b ? 0 : Math.Abs(a - b);
}
