using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Benchmarks;

/// <summary>A study replayed from recorded trainings, in the deterministic mode: batch by batch, rung by rung.</summary>
/// <param name="Runs">The trainings.</param>
/// <param name="Ladder">Their epochs and drops.</param>
/// <param name="Width">The trials of a batch.</param>
/// <param name="Exempt">Each fourth trial is exempt.</param>
internal sealed record PrunerReplay(IReadOnlyList<RecordedRun> Runs, TrainingLadder Ladder, int Width, bool Exempt)
{
    /// <summary>The outcome of one order of the runs.</summary>
    /// <param name="pruner">The pruner.</param>
    /// <param name="order">The run of each trial.</param>
    /// <param name="stream">The study's randomness.</param>
    public ReplayOutcome Of(IPruner pruner, IReadOnlyList<int> order, RandomStream stream)
    {
        ValueList<int> rungs = pruner.Rungs(Ladder);
        List<TrialCurve> known = [];
        double epochs = 0, kept = double.NegativeInfinity, seen = double.NegativeInfinity;
        for (int first = 0; first < order.Count; first += Width)
        {
            TrialCurve[] whole = [.. order.Skip(first).Take(Width)
                .Select((run, i) => new TrialCurve(first + i, TrialState.Pending, Runs[run].Points))];
            int[] stopped = [.. whole.Select(_ => int.MaxValue)];
            foreach (int rung in rungs)
            {
                ValueList<TrialCurve> others = [.. known, .. whole.Select((curve, i) => curve.UpTo(Math.Min(rung, stopped[i])))];
                // All of them on what was known before any of them was decided.
                bool[] stops = [.. whole.Select((curve, i) => stopped[i] == int.MaxValue && !(Exempt && PruningExemption.Covers(curve.Number))
                    && pruner.Decide(new PrunerContext(Ladder, rung, curve, others, stream.At(curve.Number).At(rung))).Stops)];
                for (int i = 0; i < whole.Length; i++)
                    stopped[i] = stops[i] ? rung : stopped[i];
            }
            for (int i = 0; i < whole.Length; i++)
            {
                bool completed = stopped[i] == int.MaxValue;
                double best = Runs[order[first + i]].Best;
                epochs += completed ? Ladder.LastStep : stopped[i];
                kept = completed ? Math.Max(kept, best) : kept;
                seen = Math.Max(seen, completed ? best : whole[i].BestBy(stopped[i]) is { } by ? by[0] : double.NegativeInfinity);
                known.Add(completed
                    ? whole[i] with { State = TrialState.Completed, Final = [best] }
                    : whole[i].UpTo(stopped[i]) with { State = Ended });
            }
        }
        double all = Runs.Max(run => run.Best), used = epochs / ((double)Ladder.LastStep * Runs.Count);
        double worst = Runs.Min(run => run.Best);
        return new ReplayOutcome(used, all - Math.Max(kept, worst), all - Math.Max(seen, worst),
            WholeRuns.Regret(Runs.Select(run => run.Best), WholeRuns.PaidBy(used, Runs.Count)));
    }

    // Ended without an outcome.
    private const TrialState Ended = TrialState.Pruned;
}
