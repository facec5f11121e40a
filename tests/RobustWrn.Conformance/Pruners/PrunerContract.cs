using CsCheck;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Conformance;

/// <summary>What every pruner must keep. A new pruner is found here without a line elsewhere.</summary>
public sealed class PrunerContract
{
    private static readonly ValueList<double>[] Drops = [[], [.5], [.5, .75], [.1, .9], [.3, .4, .5, .6]];

    private static readonly Gen<TrainingLadder> Ladders = Gen.Select(Gen.Int[1, 60], Gen.Int[0, Drops.Length - 1], (lastStep, drops) =>
        new TrainingLadder { LastStep = lastStep, Drops = Drops[drops] });

    // Levels, slopes and collapses; every ninth value is none.
    private static readonly Gen<(TrainingLadder Ladder, TrialCurve[] Trials)> Studies =
        Gen.Select(Ladders, Gen.Int[0, 20], Gen.Int[1, 3], Gen.Int[0, 100_000])
            .Select((ladder, trials, objectives, salt) =>
                (ladder, Enumerable.Range(0, trials).Select(number => PrunedTrials.Of(ladder, number, objectives, salt)).ToArray()));

    [Theory, MemberData(nameof(PrunerCases.Names), MemberType = typeof(PrunerCases))]
    public void Rungs_AnyLadder_AscendFromOneAndEndBelowTheLastStep(string name) => Ladders.Sample(ladder =>
    {
        ValueList<int> rungs = PrunerCases.Get(name).Rungs(ladder);

        Assert.All(rungs, rung => Assert.InRange(rung, 1, ladder.LastStep - 1));
        Assert.Equal(rungs.Distinct().Order(), rungs);
    }, iter: 300, threads: 1);

    [Theory, MemberData(nameof(PrunerCases.Names), MemberType = typeof(PrunerCases))]
    public void Decide_AnyStudy_DependsOnTheContextAlone(string name) => Studies.Sample(study =>
    {
        IPruner again = DescriptionJson.Read<IPruner>(DescriptionJson.Write(PrunerCases.Get(name)));
        foreach (int rung in again.Rungs(study.Ladder))
        {
            foreach (TrialCurve trial in study.Trials.Where(trial => trial.LastStep >= rung))
            {
                PruningDecision decision = PrunedTrials.Decide(PrunerCases.Get(name), study.Ladder, rung, trial, study.Trials);

                // Read from its JSON, with the others backwards, itself not among them and its future changed.
                Assert.Equal(decision, PrunedTrials.Decide(again, study.Ladder, rung, trial.UpTo(rung),
                    study.Trials.Reverse().Where(other => other.Number != trial.Number)));
            }
        }
    }, iter: 40, threads: 1);

    [Theory, MemberData(nameof(PrunerCases.Names), MemberType = typeof(PrunerCases))]
    public void Decide_BatchAtARung_LeavesAtLeastOneThatGoesOn(string name) => Studies.Sample(study =>
    {
        // Nobody completed, all of them there: however bad they are, one is the best.
        foreach (int rung in PrunerCases.Get(name).Rungs(study.Ladder))
        {
            TrialCurve[] there = [.. study.Trials.Where(trial => trial.LastStep >= rung).Select(trial => trial.UpTo(rung))];
            if (there.Length > 0)
                Assert.Contains(there, trial => !PrunedTrials.Decide(PrunerCases.Get(name), study.Ladder, rung, trial, there).Stops);
        }
    }, iter: 60, threads: 1);

    [Theory, MemberData(nameof(PrunerCases.Names), MemberType = typeof(PrunerCases))]
    public void Decide_Alone_GoesOn(string name) => Studies.Sample(study =>
    {
        foreach (int rung in PrunerCases.Get(name).Rungs(study.Ladder))
        {
            foreach (TrialCurve trial in study.Trials)
                Assert.False(PrunedTrials.Decide(PrunerCases.Get(name), study.Ladder, rung, trial, []).Stops);
        }
    }, iter: 40, threads: 1);

    [Theory, MemberData(nameof(PrunerCases.Names), MemberType = typeof(PrunerCases))]
    public void Decide_StoppedTrial_HasAReasonThatNamesTheRungAndNoMissingNumber(string name) => Studies.Sample(study =>
    {
        foreach (int rung in PrunerCases.Get(name).Rungs(study.Ladder))
        {
            foreach (TrialCurve trial in study.Trials.Where(trial => trial.LastStep >= rung))
            {
                if (PrunedTrials.Decide(PrunerCases.Get(name), study.Ladder, rung, trial, study.Trials).Reason is { } reason)
                {
                    Assert.Contains($"step {rung} ", reason);
                    Assert.DoesNotContain("NaN", reason);
                    Assert.False(reason.EndsWith('.'), reason);
                }
            }
        }
    }, iter: 40, threads: 1);

    [Theory, MemberData(nameof(PrunerCases.Names), MemberType = typeof(PrunerCases))]
    public void Decide_AnyStudy_DoesNotLookAtTheScaleOfValues(string name) => Studies.Sample(study =>
    {
        // Percent in place of shares, exactly: a power of two.
        TrialCurve[] scaled = [.. study.Trials.Select(trial => PrunedTrials.Scaled(trial, 64))];
        foreach (int rung in PrunerCases.Get(name).Rungs(study.Ladder))
        {
            foreach ((TrialCurve trial, TrialCurve large) in study.Trials.Zip(scaled).Where(pair => pair.First.LastStep >= rung))
            {
                Assert.Equal(PrunedTrials.Decide(PrunerCases.Get(name), study.Ladder, rung, trial, study.Trials).Stops,
                    PrunedTrials.Decide(PrunerCases.Get(name), study.Ladder, rung, large, scaled).Stops);
            }
        }
    }, iter: 30, threads: 1);
}
