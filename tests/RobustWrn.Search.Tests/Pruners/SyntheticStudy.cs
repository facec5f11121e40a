using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>What a pruner came to on a made-up study.</summary>
internal sealed record SyntheticOutcome(double Used, double Regret);

/// <summary>
/// Made-up adversarial trainings: half of them lead before the drop of the rate and gain little by it, half start low and gain much, a few of
/// the leaders collapse, and after a peak behind the drop all fall.
/// </summary>
internal sealed record SyntheticStudy(int Trials, int Steps, double Drop, long Seed)
{
    public SyntheticOutcome Replay(IPruner pruner, TrainingLadder ladder, int width)
    {
        List<TrialCurve> known = [];
        double used = 0, kept = 0;
        for (int first = 0; first < Trials; first += width)
        {
            TrialCurve[] batch = [.. Enumerable.Range(first, Math.Min(width, Trials - first)).Select(Curve)];
            foreach (int rung in pruner.Rungs(ladder))
            {
                TrialCurve[] others = [.. known, .. batch.Select(trial => trial.UpTo(rung))];
                batch = [.. batch.Select(trial => trial.LastStep > rung
                    && pruner.Decide(new PrunerContext(ladder, rung, trial, [.. others], RandomStream.From(1))).Stops
                    ? trial.UpTo(rung) with { State = TrialState.Pruned } : trial)];
            }
            foreach (TrialCurve trial in batch)
            {
                bool whole = trial.LastStep == Steps;
                used += trial.LastStep;
                kept = whole ? Math.Max(kept, trial.BestBy(Steps)![0]) : kept;
                known.Add(whole ? trial with { State = TrialState.Completed, Final = trial.BestBy(Steps)! } : trial);
            }
        }
        return new SyntheticOutcome(used / Steps / Trials, Enumerable.Range(0, Trials).Max(i => Curve(i).BestBy(Steps)![0]) - kept);
    }

    private TrialCurve Curve(int number)
    {
        RandomSequence draws = RandomStream.From(Seed).For("synthetic").At(number).Sequence();
        bool late = number % 2 == 1;
        double level = (late ? .2 : .4) + draws.NextDouble() * .05, gain = (late ? .35 : .08) + draws.NextDouble() * .05;
        int drop = (int)(Drop * Steps), collapse = !late && draws.NextInt(4) == 0 ? (int)draws.NextInt(Steps) : int.MaxValue;
        return Curves.Running(number, [.. Enumerable.Range(1, Steps).Select(step =>
        {
            double noise = (draws.NextDouble() - .5) * .02;
            return step >= collapse ? .02 + noise : level * (1 - Math.Exp(-8.0 * step / Steps)) + noise
                + (step > drop ? gain - (step - drop) * .1 / Steps : 0);
        })]);
    }
}
