using System.Globalization;

namespace RobustWrn.Search;

/// <summary>
/// The facts that a claim, and what an attempt brings, add to a log: the same in every store, which reads the log and appends them in one
/// transaction.
/// </summary>
public static class Claiming
{
    /// <summary>The facts by which a worker gets a trial.</summary>
    /// <param name="log">The log, in full.</param>
    /// <param name="worker">The worker (<see cref="WorkerName"/>).</param>
    /// <param name="below">Trials from this number on are not handed out; null is no limit.</param>
    /// <param name="rules">How often a trial is tried again.</param>
    /// <param name="isLost">Tells whether the worker that holds a trial is lost.</param>
    /// <returns>
    /// What became of the trials whose workers were lost, and then the claim of the lowest trial that waits, as the last fact, if there is
    /// one.
    /// </returns>
    public static IReadOnlyList<StudyFact> Facts(
        StudyLog log, string worker, int? below, ClaimRules rules, Func<TrialRecord, string?> isLost)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentException.ThrowIfNullOrWhiteSpace(worker);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(isLost);
        List<StudyFact> facts = [];
        TrialRecord? next = log.FirstWaiting is { } lowest ? log.Find(lowest) : null;
        foreach (TrialRecord trial in log.Held.Select(number => log.Find(number)!))
        {
            if (isLost(trial) is not { } reason)
                continue;
            facts.Add(Released(trial, new TrialReleased
            {
                Trial = trial.Number,
                Attempt = trial.Attempts,
                Cause = ReleaseCause.Lost,
                Reason = reason,
            }, rules));
            if (facts[^1] is TrialReleased && (next is null || trial.Number < next.Number))
                next = trial;
        }
        if (next is not null && !(next.Number >= below))
            facts.Add(new TrialClaimed { Trial = next.Number, Attempt = next.Attempts + 1, Worker = worker });
        return facts;
    }

    /// <summary>
    /// The fact to append when an attempt brings one: that, or, after too many failures, the trial's end; or that it was refused.
    /// </summary>
    /// <param name="log">The log, in full.</param>
    /// <param name="fact">What the attempt brings.</param>
    /// <param name="rules">How often a trial is tried again.</param>
    public static StudyFact Guarded(StudyLog log, AttemptFact fact, ClaimRules rules)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(fact);
        ArgumentNullException.ThrowIfNull(rules);
        if (log.Find(fact.Trial) is not { IsHeld: true } trial || trial.Attempts != fact.Attempt)
            return new TrialRefused { Trial = fact.Trial, Attempt = fact.Attempt, Refused = fact.ToString() };
        return fact is TrialReleased released ? Released(trial, released, rules) : fact;
    }

    private static StudyFact Released(TrialRecord trial, TrialReleased released, ClaimRules rules)
    {
        (int before, int most, string what) = released.Cause switch
        {
            ReleaseCause.Failed => (trial.Failures, rules.MaxFailures, "failed"),
            ReleaseCause.Lost => (trial.Losses, rules.MaxLosses, "lost its worker"),
            _ => (0, int.MaxValue, ""),
        };
        if (before + 1 < most)
            return released;
        string often = most == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"{what} {most} times, the last time: ");
        return new TrialFailed { Trial = trial.Number, Attempt = released.Attempt, Reason = $"{often}{released.Reason}" };
    }
}
