using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Tests;

/// <summary>Networks of which a bound is known are no finalists; where the one that stopped them is not believed, they go on.</summary>
public class FinalistsTests
{
    [Fact]
    public void Of_Bounds_AreOnNoFront()
    {
        using DatasetSplits images = SmallExperiment.Images();
        Candidate[] candidates = [Finished(0, 20), Stopped(1, 19), Finished(2, 21), Stopped(3, 99)];

        Candidate[] finalists = Finalists.Of(
            Experiment(images), candidates, Believed, (_, _) => Assert.Fail("nothing is to be gone on with"));

        Assert.Equal([2], finalists.Select(candidate => candidate.Trial));
        Assert.Equal([2], candidates.Where(candidate => candidate.OnFront).Select(candidate => candidate.Trial));
    }

    /// <summary>Trials 1 and 4 set the bar and are not believed: what they stopped races with trial 0 then, and one of them wins.</summary>
    [Fact]
    public void Of_SuspectThatSetTheBar_LetsThoseItStoppedGoOn()
    {
        using DatasetSplits images = SmallExperiment.Images();
        Candidate[] candidates = [Finished(0, 20), Finished(1, 90), Stopped(2, 40), Stopped(3, 19), Finished(4, 91)];
        List<(int Trial, double[] Others)> goneOn = [];
        void GoOn(Candidate candidate, IReadOnlyList<TrialOutcome> others)
        {
            goneOn.Add((candidate.Trial!.Value, [.. others.Select(other => other.Measures[0].Value)]));
            if (candidate.Trial != 2 || goneOn[^1].Others.Any(other => other > 0.4))
                return;
            candidate.Judgement = new Judgement { Clean = new Proportion(95, 100), Robust = new Proportion(33, 100) };
            candidate.Outcome = Outcome(candidate.Judgement);
        }

        Candidate[] finalists = Finalists.Of(
            Experiment(images), candidates, candidate => candidate.Audit = Audit(candidate.Trial is 1 or 4), GoOn);

        Assert.Equal([2], finalists.Select(candidate => candidate.Trial));
        // After trial 4 those that stopped still meet trial 1; once that is gone, too, trial 0 and what came back.
        Assert.Equal([2, 3, 2, 3], goneOn.Select(one => one.Trial));
        Assert.Equal([0.2, 0.9], goneOn[0].Others);
        Assert.Equal([0.2, 0.33], goneOn[^1].Others);
    }

    private static RobustExperiment Experiment(DatasetSplits images) => SmallExperiment.On(images)
        .SearchingFor(new RobustAccuracy(), new MultiplyAddCount()).RankedBy(AttackSuite.Of("ranking", new Pgd()));

    private static void Believed(Candidate candidate) => candidate.Audit = Audit(doubted: false);

    private static AuditReport Audit(bool doubted) => new()
    {
        Verdict = doubted ? AuditVerdict.Suspect : AuditVerdict.Trustworthy,
        Findings = [new AuditFinding("check", AuditVerdict.Suspect, "it must hold", "it does not", "Look.")],
    };

    private static Candidate Finished(int trial, int robust) =>
        Of(trial, new Judgement { Clean = new Proportion(95, 100), Robust = new Proportion(robust, 100) });

    private static Candidate Stopped(int trial, int atMost) => Of(
        trial, new Judgement { Clean = new Proportion(95, 100), AtMost = new Proportion(atMost, 100), MustReach = (atMost + 1) / 100.0 });

    private static Candidate Of(int trial, Judgement judgement) => new(
        SmallExperiment.Baseline, SmallExperiment.Baseline.Cost(32, 32), trial, [],
        new TrainedNetwork { ValidationClean = new Proportion(95, 100), ValidationRobust = new Proportion(50, 100) }, _ => "weights")
    {
        Outcome = Outcome(judgement),
        Judgement = judgement,
    };

    private static TrialOutcome Outcome(Judgement judgement) => new()
    {
        Measures = [judgement.RobustMeasure("robust accuracy"), new Measure(new MultiplyAddCount().Objective.Name, 7)],
    };
}
