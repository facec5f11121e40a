using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The log of a store, which others may append to, and what is appended to it. Used under the lock of its study.</summary>
/// <param name="store">The store, opened.</param>
/// <param name="header">The study.</param>
internal sealed class FollowedLog(IStudyStore store, StudyHeader header)
{
    /// <summary>The log as far as it was read.</summary>
    public StudyLog Known { get; } = new(header);

    /// <summary>Reads on.</summary>
    public StudyLog Refreshed()
    {
        foreach (LoggedFact fact in store.Read(Known.Length))
            Known.Apply(fact);
        return Known;
    }

    /// <summary>Appends a fact that was computed from the log as it is known.</summary>
    /// <returns>False when the log is longer by now.</returns>
    public bool TryAppend(StudyFact fact)
    {
        if (store.TryAppend(Known.Length, fact) is not { } logged)
            return false;
        Known.Apply(logged);
        return true;
    }

    /// <summary>Appends what an attempt brings.</summary>
    /// <exception cref="TrialLostException">The attempt no longer holds the trial.</exception>
    public void Append(AttemptFact fact)
    {
        StudyFact appended = store.Append(fact);
        Refreshed();
        if (appended is TrialRefused)
            throw Lost(Known.Find(fact.Trial)!, fact.Attempt);
    }

    /// <summary>The record of a trial that an attempt must hold.</summary>
    /// <exception cref="InvalidOperationException">The trial is not this study's, or has ended.</exception>
    /// <exception cref="TrialLostException">The attempt no longer holds the trial.</exception>
    public TrialRecord Running(int number, int attempt, ValueList<int> point)
    {
        if (Refreshed().Find(number) is not { } record || !record.Point.Equals(point))
            throw new InvalidOperationException(
                $"trial {number} is not one of this study. Tell a trial to the study that asked for it.");
        if (record.Attempts > attempt)
            throw Lost(record, attempt);
        if (record.State != TrialState.Pending || record.Worker is null)
            throw new InvalidOperationException(
                $"trial {number} is {record.State.ToString().ToLowerInvariant()}; a trial must be asked, and can be told once.");
        return record.Attempts == attempt && record.IsHeld ? record : throw Lost(record, attempt);
    }

    /// <summary>Appends trials that are given.</summary>
    /// <returns>The number of those that the log did not have.</returns>
    /// <exception cref="InvalidOperationException">Some are new, and the sampler of a study in batches has begun.</exception>
    public int Give(IEnumerable<TrialAsked> given)
    {
        int added = 0;
        foreach (TrialAsked asked in given)
        {
            StudyLog log = Refreshed();
            while (log.Trials.All(trial => trial.Identity != asked.Identity))
            {
                if (header.Width is not null && log.Trials.Any(trial => !trial.IsGiven))
                    throw new InvalidOperationException("networks must be given before a study in batches has asked its sampler, but it has. "
                        + "Give them right after the study is opened, or make it free-running.");
                added += TryAppend(asked with { Trial = log.FirstFree }) ? 1 : 0;
                Refreshed();
            }
        }
        return added;
    }

    private static TrialLostException Lost(TrialRecord record, int attempt) => new(record.Attempts == attempt
        ? $"attempt {attempt} of trial {record.Number} was given up; what it found is not taken."
        : $"trial {record.Number} is in its attempt {record.Attempts}, and attempt {attempt} was given up; what it found is not taken.");
}
