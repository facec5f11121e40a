using System.Globalization;
using MathNet.Numerics.Statistics;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The rank correlation between what trials had at a rung and what they came to, over the completed exempt trials
/// (<see cref="PruningExemption"/>): those that a pruner let through would be too much alike.
/// </summary>
/// <param name="Step">The rung.</param>
/// <param name="Objective">The objective, counted from 0.</param>
/// <param name="Trials">The trials that it is computed over.</param>
/// <param name="KendallTau">
/// Kendall's tau-b (1945), in [-1, 1]: pairs in the same order less pairs in the other, over what ties leave. Null where it is not defined:
/// fewer than two trials, or all alike at the rung or in the end.
/// </param>
/// <param name="Spearman">Spearman's rank correlation, in [-1, 1], ties with their mean rank; null where tau is.</param>
public sealed record RungCorrelation(int Step, int Objective, int Trials, double? KendallTau, double? Spearman)
{
    /// <summary>The correlation at one rung.</summary>
    /// <param name="trials">The trials of a study, in any order.</param>
    /// <param name="step">The rung.</param>
    /// <param name="objective">The objective, counted from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The objective is below 0.</exception>
    public static RungCorrelation Of(IEnumerable<TrialCurve> trials, int step, int objective = 0)
    {
        ArgumentNullException.ThrowIfNull(trials);
        ArgumentOutOfRangeException.ThrowIfNegative(objective);
        TrialCurve[] known =
        [
            .. trials.Where(trial => PruningExemption.Covers(trial.Number) && trial.IsTold && trial.Final.Count > objective
                && trial.LastStep >= step && trial.At(step)?.Count > objective),
        ];
        double[] rung = [.. known.Select(trial => trial.At(step)![objective])], end = [.. known.Select(trial => trial.Final[objective])];
        return rung.Distinct().Count() < 2 || end.Distinct().Count() < 2
            ? new RungCorrelation(step, objective, known.Length, null, null)
            : new RungCorrelation(step, objective, known.Length, Tau(rung, end), Correlation.Spearman(rung, end));
    }

    /// <summary>The rung, the correlations and the number of trials.</summary>
    public override string ToString() => KendallTau is { } tau && Spearman is { } rho
        ? string.Create(CultureInfo.InvariantCulture,
            $"step {Step}: Kendall's tau {tau:0.00}, Spearman's rho {rho:0.00} over {Quantity.Of(Trials, "exempt trial")}")
        : string.Create(CultureInfo.InvariantCulture, $"step {Step}: no correlation, {Quantity.Of(Trials, "exempt trial")}");

    private static double Tau(double[] a, double[] b)
    {
        long concordant = 0, apartInA = 0, apartInB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                int first = a[i].CompareTo(a[j]), second = b[i].CompareTo(b[j]);
                concordant += Math.Sign(first) * Math.Sign(second);
                apartInA += first == 0 ? 0 : 1;
                apartInB += second == 0 ? 0 : 1;
            }
        }
        return concordant / Math.Sqrt((double)apartInA * apartInB);
    }
}
