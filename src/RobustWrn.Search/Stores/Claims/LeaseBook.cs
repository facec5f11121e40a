namespace RobustWrn.Search;

/// <summary>
/// The leases of a study by the clock of its store. Where nobody was heard of for half a lease, it was the machine or the store that stood
/// still, and not a worker: then nobody loses a trial until a lease has passed again. A clock that is set back makes no lease longer.
/// </summary>
/// <param name="duration">The time that a lease lasts.</param>
public sealed class LeaseBook(TimeSpan duration)
{
    private readonly Dictionary<int, Lease> _leases = [];

    /// <summary>The leases.</summary>
    public IReadOnlyCollection<Lease> Leases => _leases.Values;

    /// <summary>When the store was last used; null when never.</summary>
    public DateTimeOffset? Seen { get; private set; }

    /// <summary>Until when nobody loses a trial; null when there was no outage.</summary>
    public DateTimeOffset? Grace { get; private set; }

    /// <summary>Takes what a store has kept.</summary>
    public void Restore(IEnumerable<Lease> leases, DateTimeOffset? seen, DateTimeOffset? grace)
    {
        ArgumentNullException.ThrowIfNull(leases);
        _leases.Clear();
        foreach (Lease lease in leases)
            _leases[lease.Trial] = lease;
        (Seen, Grace) = (seen, grace);
    }

    /// <summary>Notes that the store is used.</summary>
    /// <param name="now">The time.</param>
    public void See(DateTimeOffset now)
    {
        if (now - Seen > duration / 2)
            Grace = now + duration;
        if (Grace - now > duration)
            Grace = now + duration;
        foreach (Lease lease in _leases.Values.Where(lease => lease.Until - now > duration).ToArray())
            _leases[lease.Trial] = lease with { Until = now + duration };
        Seen = now;
    }

    /// <summary>Begins a lease, or makes it last from now on.</summary>
    public void Renew(int trial, int attempt, DateTimeOffset now) => _leases[trial] = new Lease(trial, attempt, now + duration);

    /// <summary>Renews the lease of an attempt if there is one.</summary>
    /// <returns>False where the attempt has none any more.</returns>
    public bool TryRenew(int trial, int attempt, DateTimeOffset now)
    {
        if (!_leases.TryGetValue(trial, out Lease? lease) || lease.Attempt != attempt)
            return false;
        Renew(trial, attempt, now);
        return true;
    }

    /// <summary>Ends a lease.</summary>
    public void End(int trial) => _leases.Remove(trial);

    /// <summary>Tells why the worker of a trial is lost, as a sentence without its end; null while it is not.</summary>
    /// <param name="trial">A trial that is held.</param>
    /// <param name="now">The time.</param>
    public string? Lost(TrialRecord trial, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(trial);
        if (!_leases.TryGetValue(trial.Number, out Lease? lease) || lease.Attempt != trial.Attempts)
            return "it was of an opening of the store that is over";
        if (trial.Worker is { } worker && WorkerName.HasEnded(worker, trial.Claimed ?? now))
            return "its process has ended";
        return lease.Until < now && !(Grace > now) ? "it was not heard of for longer than its lease" : null;
    }

    /// <summary>Brings the leases to what facts say that were appended.</summary>
    /// <param name="fact">The fact.</param>
    /// <param name="now">The time.</param>
    public void Follow(StudyFact fact, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(fact);
        if (fact is TrialClaimed claimed)
            Renew(claimed.Trial, claimed.Attempt, now);
        else if (fact is TrialReleased or TrialTold or TrialFailed or TrialPruned)
            End(fact.Trial);
        else if (fact is TrialReported reported)
            TryRenew(reported.Trial, reported.Attempt, now);
    }
}
