using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Core;

namespace RobustWrn.Search.Sqlite;

/// <summary>
/// Keeps a study in one SQLite file that several processes of a machine share. Each operation is one transaction, flushed to the disk
/// before it returns, so that neither a killed process nor a loss of power takes back what was told.
/// </summary>
/// <remarks>
/// The tables are for people, too: <c>study</c> (the header), <c>facts</c> (a line of JSON each, with a checksum over itself and the
/// study), <c>leases</c>. A fact that is not what was written is left out when the file is opened, with what cannot be without it: a
/// warning says so, its trial is tried again, and the file as it was stays beside (<c>.damaged</c>). Beside the file lie <c>-wal</c> and
/// <c>-shm</c> while it is open. SQLite's log ahead needs memory that processes share, so that file systems of a network do not do.
/// </remarks>
public sealed class SqliteStudyStore : IStudyStore
{
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private StudyDatabase? _database;
    private StudyLog? _log;
    private StudyHeader? _header;

    /// <summary>Creates a store; nothing is read or written yet.</summary>
    /// <param name="path">The file; made, with its folder, when the store is opened.</param>
    /// <param name="logger">Told of damage; null is none.</param>
    /// <param name="time">The clock of its facts and leases; null is the system's.</param>
    /// <param name="rules">How long a worker may be silent, and how often a trial is tried again; null is the default.</param>
    public SqliteStudyStore(string path, ILogger? logger = null, TimeProvider? time = null, ClaimRules? rules = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Path = System.IO.Path.GetFullPath(path);
        (_logger, _time, Rules) = (logger ?? NullLogger.Instance, time ?? TimeProvider.System, rules ?? new ClaimRules());
    }

    /// <summary>The file, as a full path.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public ClaimRules Rules { get; }

    /// <inheritdoc/>
    public StudyHeader Open(StudyHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        Rules.Problems().ThrowIfAny(nameof(ClaimRules));
        lock (_gate)
        {
            if (_database is not null)
                throw new IOException($"{Path} is in use by another study of this store. Dispose that study first.");
            _database = StudyDatabase.Open(Path);
            try
            {
                _header = _database.Transaction(() => _database.Begin(header, _logger, _time.GetUtcNow()));
                _log = new StudyLog(_header);
                return _header;
            }
            catch
            {
                Dispose();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public void Fill(StudyHeader header, ValueList<LoggedFact> facts)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(facts);
        lock (_gate)
        {
            StudyHeader kept = Open(header);
            try
            {
                StudyDatabase database = Database;
                database.Transaction(() =>
                {
                    if (kept.Fingerprint != header.Fingerprint || database.Facts(0).Any())
                        throw new IOException($"{Path} must be empty to be filled, but holds a study. Choose another file.");
                    foreach (LoggedFact fact in facts)
                        database.Insert(fact);
                    return facts.Count;
                });
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
            return [.. Database.Facts(from)];
    }

    /// <inheritdoc/>
    public LoggedFact? TryAppend(int length, StudyFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        return Changed((log, leases, now) => log.Length == length ? Add(log, leases, fact, now) : null);
    }

    /// <inheritdoc/>
    public TrialClaimed? Claim(string worker, int? below) => Changed((log, leases, now) =>
    {
        IReadOnlyList<StudyFact> facts = Claiming.Facts(log, worker, below, Rules, trial => leases.Lost(trial, now));
        foreach (StudyFact fact in facts)
            Add(log, leases, fact, now);
        return facts is [.., TrialClaimed claimed] ? claimed : null;
    });

    /// <inheritdoc/>
    public bool Beat(int trial, int attempt) => Changed((_, leases, now) => leases.TryRenew(trial, attempt, now), catchUp: false);

    /// <inheritdoc/>
    public StudyFact Append(AttemptFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        return Changed((log, leases, now) =>
        {
            StudyFact guarded = Claiming.Guarded(log, fact, Rules);
            return Add(log, leases, guarded, now).Fact;
        });
    }

    /// <summary>Releases the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _database?.Dispose();
            (_database, _log, _header) = (null, null, null);
        }
    }

    private StudyDatabase Database => _database ?? throw new InvalidOperationException("a store must be opened before it is used.");

    private T Changed<T>(Func<StudyLog, LeaseBook, DateTimeOffset, T> change, bool catchUp = true)
    {
        lock (_gate)
        {
            StudyDatabase database = Database;
            try
            {
                return database.Transaction(() =>
                {
                    DateTimeOffset now = _time.GetUtcNow();
                    _log ??= new StudyLog(_header!);
                    if (catchUp)
                    {
                        foreach (LoggedFact fact in database.Facts(_log.Length))
                            _log.Apply(fact);
                    }
                    LeaseBook leases = new(Rules.Lease);
                    database.ReadLeases(leases);
                    leases.See(now);
                    T result = change(_log, leases, now);
                    database.WriteLeases(leases);
                    return result;
                });
            }
            catch
            {
                // What was rolled back is in no log: it is read again.
                _log = null;
                throw;
            }
        }
    }

    private LoggedFact Add(StudyLog log, LeaseBook leases, StudyFact fact, DateTimeOffset now)
    {
        LoggedFact logged = log.Next(fact, now);
        Database.Insert(logged);
        log.Apply(logged);
        leases.Follow(fact, now);
        return logged;
    }
}
