using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The rungs of successive halving and its rule at one of them.</summary>
internal static class HalvingRungs
{
    /// <summary>The steps after which 1 / reduction^k of a training is done, for k from a number of halvings to 1; each once.</summary>
    public static ValueList<int> Of(int lastStep, int reduction, int halvings)
    {
        List<int> rungs = [];
        double rung = lastStep;
        for (int k = 0; k < halvings; k++)
        {
            rung /= reduction;
            // Li et al. 2018 round down.
            if (rung >= 1 && (int)rung < lastStep)
                rungs.Add((int)rung);
        }
        return [.. rungs.Distinct().Order()];
    }

    /// <summary>Lets a trial go on that is among the best n / reduction of the n that came to the rung, of fewer the best.</summary>
    /// <param name="context">The trial and its rung.</param>
    /// <param name="others">Those that it competes with.</param>
    /// <param name="reduction">One in so many goes on.</param>
    public static PruningDecision Decide(PrunerContext context, IEnumerable<TrialCurve> others, int reduction)
    {
        if (context.Trial.At(context.Rung) is not { } values)
            return PruningDecision.GoOn;
        (int Number, ValueList<double> Values)[] standing =
        [
            .. others.Where(other => other.LastStep >= context.Rung)
                .Select(other => (other.Number, Values: other.At(context.Rung)))
                .Where(other => other.Values?.Count == values.Count)
                .Select(other => (other.Number, other.Values!)),
            (context.Trial.Number, values),
        ];
        int kept = Math.Max(1, standing.Length / reduction);
        IReadOnlyList<int> best = CurveOrder.Best(standing, kept);
        if (best.Contains(context.Trial.Number))
            return PruningDecision.GoOn;
        ValueList<double> last = standing.First(trial => trial.Number == best[^1]).Values;
        return PruningDecision.Stop(string.Create(CultureInfo.InvariantCulture,
            $"at step {context.Rung} it had {PruningText.Of(values)} and was not among the best {kept} of {standing.Length} that came "
            + $"there, the last of which, trial {best[^1]}, had {PruningText.Of(last)}"));
    }
}
