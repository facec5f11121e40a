using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Conformance;

/// <summary>Trials of made-up studies for the contract of pruners.</summary>
internal static class PrunedTrials
{
    /// <summary>A trial whose curve rises, jumps or collapses, of which some steps may be missing, in any state.</summary>
    public static TrialCurve Of(TrainingLadder ladder, int number, int objectives, int salt)
    {
        RandomSequence draws = RandomStream.From(salt).At(number).Sequence();
        TrialState state = (TrialState)draws.NextInt(3);
        int last = state == TrialState.Completed ? ladder.LastStep : (int)draws.NextInt(ladder.LastStep + 1);
        double[] level = [.. Enumerable.Range(0, objectives).Select(_ => draws.NextDouble())];
        int collapse = draws.NextInt(3) == 0 ? (int)draws.NextInt(ladder.LastStep) : int.MaxValue;
        bool gaps = draws.NextInt(4) == 0;
        List<CurvePoint> points = [];
        for (int step = 1; step <= last; step++)
        {
            double noise = draws.NextDouble() / 20;
            if (gaps && step % 3 == 1 && step < last)
                continue;
            points.Add(new CurvePoint(step,
            [
                .. level.Select(high => step % 9 == 8 && number % 9 == 8 ? double.NaN
                    : step >= collapse ? noise : high * (1 - Math.Exp(-5.0 * step / ladder.LastStep)) + noise),
            ]));
        }
        TrialCurve curve = new(number, state, [.. points]);
        return state == TrialState.Completed && curve.BestBy(last) is { } best ? curve with { Final = best } : curve;
    }

    public static TrialCurve Scaled(TrialCurve trial, double by) =>
        new(trial.Number, trial.State,
            [.. trial.Points.Select(point => new CurvePoint(point.Step, [.. point.Values.Select(value => by * value)]))])
        {
            Final = [.. trial.Final.Select(value => by * value)],
        };

    public static PruningDecision Decide(
        IPruner pruner, TrainingLadder ladder, int rung, TrialCurve trial, IEnumerable<TrialCurve> others) =>
        pruner.Decide(new PrunerContext(ladder, rung, trial, [.. others], RandomStream.From(5).At(trial.Number)));
}
