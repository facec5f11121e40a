using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// What becomes of the trials that stand at rungs. In batches a rung is decided once every trial of the batch stands there or has ended,
/// from the earlier batches and what the batch had reported by the rung; in a free-running study at once, from all that was reported.
/// </summary>
/// <param name="header">The study.</param>
/// <param name="pruner">Decides.</param>
/// <param name="ladder">The steps of a trial.</param>
/// <param name="random">The study's randomness for pruners.</param>
internal sealed class RungDecisions(StudyHeader header, IPruner pruner, TrainingLadder ladder, RandomStream random)
{
    /// <summary>The steps after which is decided.</summary>
    public ValueList<int> Steps { get; } = pruner.Rungs(ladder);

    /// <summary>The last step of a trial that is not ended before.</summary>
    public int LastStep => ladder.LastStep;

    /// <summary>The decisions that are due in a study of batches.</summary>
    /// <param name="log">The log.</param>
    /// <param name="end">No trials from this number on are asked for; null where there is no end.</param>
    public IReadOnlyList<StudyFact> Due(StudyLog log, int? end)
    {
        List<StudyFact> facts = [];
        if (header.Width is not { } width)
            return facts;
        foreach (int batch in log.Pending.Where(number => !(number >= end)).Select(number => number / width).Distinct())
        {
            int first = batch * width, behind = Math.Min(first + width, end ?? int.MaxValue);
            if (log.FirstFree < behind)
                continue;
            TrialRecord[] members = [.. Enumerable.Range(first, behind - first).Select(number => log.Find(number)!)];
            foreach (int step in Steps.TakeWhile(step => members.All(trial =>
                trial.State != TrialState.Pending || trial.Find(step) is not null)))
            {
                TrialRecord[] undecided = [.. members.Where(trial => IsUndecided(trial, step)
                    && !facts.Any(fact => fact is TrialPruned && fact.Trial == trial.Number))];
                if (undecided.Length == 0)
                    continue;
                TrialCurve[] before = [.. log.Trials.Where(trial => trial.Number < first).Select(header.CurveOf)];
                ValueList<TrialCurve> others = [.. before, .. members.Select(trial => header.CurveOf(trial).UpTo(step))];
                facts.AddRange(undecided.Select(trial => Decided(trial, step, others)));
            }
        }
        return facts;
    }

    /// <summary>The decision on a trial of a free-running study that has just reported a rung.</summary>
    public StudyFact Now(StudyLog log, TrialRecord trial, int step) => Decided(trial, step, [.. log.Trials.Select(header.CurveOf)]);

    /// <summary>True where a trial stands at a rung of which nothing was decided; one that is exempt never does.</summary>
    public bool IsUndecided(TrialRecord trial, int step) => trial.State == TrialState.Pending
        && !PruningExemption.Covers(trial.Number)
        && Steps.Contains(step) && trial.Find(step) is not null && !(trial.PromotedFrom >= step);

    private StudyFact Decided(TrialRecord trial, int step, ValueList<TrialCurve> others)
    {
        PruningDecision decision = pruner.Decide(
            new PrunerContext(ladder, step, header.CurveOf(trial), others, random.At(trial.Number).At(step)));
        return decision.Reason is { } reason
            ? new TrialPruned { Trial = trial.Number, Step = step, Reason = reason }
            : new TrialPromoted { Trial = trial.Number, Step = step };
    }
}
