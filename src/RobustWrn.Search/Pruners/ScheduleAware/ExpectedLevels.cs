using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The best values that trials at a rung have, or are expected to have, by a later step: those that came there have them; the others have
/// their best so far, and what the nearest of those that came there gained, or what they themselves gain by rising on for a while if that
/// is more.
/// </summary>
internal sealed class ExpectedLevels
{
    private readonly SortedDictionary<int, ValueList<double>> _levels = [];
    private readonly int _grace;

    /// <summary>The levels of all trials that came to a rung.</summary>
    /// <param name="curves">The trials.</param>
    /// <param name="rung">The rung.</param>
    /// <param name="later">The later step.</param>
    /// <param name="grace">The steps for which a trial is expected to rise on as it did in the last half as many.</param>
    /// <param name="except">The number of a trial that is left out.</param>
    public ExpectedLevels(CurveTable curves, int rung, int later, int grace, int except = -1)
    {
        Later = later;
        _grace = grace;
        int[] standing = [.. curves.Standing(rung).Where(at => curves[at].Number != except)];
        int[] beyond = [.. standing.Where(at => curves[at].LastStep >= later)];
        // With fewer, some trials would be taken for what they have and others for what they may have.
        bool expects = beyond.Length >= PrunedEstimate.Neighbours;
        Collapse collapse = new(curves, rung);
        foreach (int at in standing)
        {
            TrialCurve trial = curves[at];
            _levels.Add(trial.Number, expects && trial.LastStep >= later ? trial.BestBy(later)!
                : collapse.Of(at) ? trial.BestBy(rung)!
                : Expected(trial, rung,
                    expects ? [.. curves.Nearest(at, beyond, rung).Take(PrunedEstimate.Neighbours).Select(near => curves[near])] : []));
        }
    }

    /// <summary>The step that they are levels of.</summary>
    public int Later { get; }

    /// <summary>The number of trials.</summary>
    public int Count => _levels.Count;

    /// <summary>The level of a trial, by its number.</summary>
    public ValueList<double> Of(int number) => _levels[number];

    /// <summary>The numbers of the best trials, the best first.</summary>
    public IReadOnlyList<int> Best(int count) => CurveOrder.Best(_levels.Select(level => (level.Key, level.Value)), count);

    /// <summary>Tells whether a trial has a level.</summary>
    public bool Has(int number) => _levels.ContainsKey(number);

    private ValueList<double> Expected(TrialCurve trial, int rung, TrialCurve[] nearest)
    {
        ValueList<double> best = trial.BestBy(rung)!;
        int half = Math.Max(1, _grace / 2);
        ValueList<double>? before = trial.BestBy(rung - half);
        double ahead = (double)Math.Min(_grace, Later - rung) / half;
        double[] gains = new double[best.Count];
        foreach (TrialCurve near in nearest)
        {
            ValueList<double> from = near.BestBy(rung)!, to = near.BestBy(Later)!;
            for (int o = 0; o < gains.Length; o++)
                gains[o] += double.IsFinite(from[o]) && double.IsFinite(to[o]) ? (to[o] - from[o]) / nearest.Length : 0;
        }
        return [.. best.Select((value, o) => value + Math.Max(gains[o], before is not null && double.IsFinite(value) && double.IsFinite(before[o])
            ? (value - before[o]) * ahead : 0))];
    }
}
