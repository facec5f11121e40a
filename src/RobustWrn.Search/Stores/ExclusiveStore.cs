using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A store of one process, which has all facts in memory: what it must keep beside is told fact by fact.</summary>
/// <param name="rules">How often a trial is tried again; null is the default.</param>
/// <param name="time">The clock; null is the system's.</param>
public abstract class ExclusiveStore(ClaimRules? rules, TimeProvider? time) : IStudyStore
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _gate = new();
    private readonly List<LoggedFact> _facts = [];
    private LeaseBook _leases = new(TimeSpan.Zero);
    private StudyLog? _log;

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    public ClaimRules Rules { get; } = rules ?? new ClaimRules();

    /// <inheritdoc/>
    public StudyHeader Open(StudyHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        Rules.Problems().ThrowIfAny(nameof(ClaimRules));
        lock (_gate)
        {
            StudyHeader kept = Take(header, out IReadOnlyList<LoggedFact> facts);
            StudyLog log = new(kept);
            foreach (LoggedFact fact in facts)
                log.Apply(fact);
            _facts.Clear();
            _facts.AddRange(facts);
            (_log, _leases) = (log, new LeaseBook(Rules.Lease));
            return kept;
        }
    }

    /// <inheritdoc/>
    public void Fill(StudyHeader header, ValueList<LoggedFact> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        lock (_gate)
        {
            // A study that another header begins in an empty store is this one.
            StudyHeader kept = Open(header);
            try
            {
                if (kept.Fingerprint != header.Fingerprint || _facts.Count > 0)
                    throw new IOException("a store must be empty to be filled, but this one holds a study. Choose another place.");
                foreach (LoggedFact fact in facts)
                    Keep(fact);
            }
            finally
            {
                Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public ValueList<LoggedFact> Read(int from)
    {
        lock (_gate)
            return from == _facts.Count ? [] : [.. _facts[from..]];
    }

    /// <inheritdoc/>
    public LoggedFact? TryAppend(int length, StudyFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        return Changed(now => Log.Length == length ? Added(fact, now) : null);
    }

    /// <inheritdoc/>
    public TrialClaimed? Claim(string worker, int? below) => Changed(now =>
    {
        IReadOnlyList<StudyFact> facts = Claiming.Facts(Log, worker, below, Rules, trial => _leases.Lost(trial, now));
        foreach (StudyFact fact in facts)
            Added(fact, now);
        return facts is [.., TrialClaimed claimed] ? claimed : null;
    });

    /// <inheritdoc/>
    public bool Beat(int trial, int attempt) => Changed(now => _leases.TryRenew(trial, attempt, now));

    /// <inheritdoc/>
    public StudyFact Append(AttemptFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        return Changed(now => Added(Claiming.Guarded(Log, fact, Rules), now).Fact);
    }

    /// <summary>Releases the store.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _log = null;
            Release();
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes the store for one study, or begins it.</summary>
    /// <param name="header">What the study is.</param>
    /// <param name="facts">The facts that are kept.</param>
    /// <returns>The header that is kept.</returns>
    protected abstract StudyHeader Take(StudyHeader header, out IReadOnlyList<LoggedFact> facts);

    /// <summary>Keeps a fact, in full or not at all.</summary>
    /// <exception cref="IOException">It cannot be kept.</exception>
    protected abstract void Keep(LoggedFact fact);

    /// <summary>Lets go of what <see cref="Take"/> took.</summary>
    protected abstract void Release();

    private StudyLog Log => _log ?? throw new InvalidOperationException("a store must be opened before it is used.");

    private T Changed<T>(Func<DateTimeOffset, T> change)
    {
        lock (_gate)
        {
            (Lease[] leases, DateTimeOffset? seen, DateTimeOffset? grace) = ([.. _leases.Leases], _leases.Seen, _leases.Grace);
            try
            {
                DateTimeOffset now = _time.GetUtcNow();
                _leases.See(now);
                return change(now);
            }
            catch
            {
                _leases.Restore(leases, seen, grace);
                throw;
            }
        }
    }

    private LoggedFact Added(StudyFact fact, DateTimeOffset now)
    {
        LoggedFact logged = Log.Next(fact, now);
        Keep(logged);
        Log.Apply(logged);
        _facts.Add(logged);
        _leases.Follow(fact, now);
        return logged;
    }
}
