using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using RobustWrn.Core;

namespace RobustWrn.Search.Sqlite;

/// <summary>The tables of a study in a SQLite file, and transactions on them.</summary>
internal sealed class StudyDatabase : IDisposable
{
    // "RWrn", so that no other program's file is taken for one of these.
    private const long ApplicationId = 0x5257726E;

    private const long Version = 1;

    // A transaction of another process is over in milliseconds, unless the disk is slow or the machine stands still.
    private const int SecondsToWait = 60;

    private const string Schema = """
        CREATE TABLE study (
            id INTEGER PRIMARY KEY CHECK (id = 1), header TEXT NOT NULL, fingerprint TEXT NOT NULL,
            repaired INTEGER NOT NULL DEFAULT 0, seen TEXT, grace TEXT) STRICT;
        CREATE TABLE facts (position INTEGER PRIMARY KEY, trial INTEGER NOT NULL, kind TEXT NOT NULL, line TEXT NOT NULL) STRICT;
        CREATE UNIQUE INDEX trial_ends_once ON facts (trial) WHERE kind IN ('told', 'failed', 'pruned');
        CREATE TABLE leases (trial INTEGER PRIMARY KEY, attempt INTEGER NOT NULL, until TEXT NOT NULL) STRICT;
        """;

    private readonly string _path;
    private readonly SqliteConnection _connection;
    private long _repaired;
    private string _study = "";
    private Dictionary<int, Lease> _kept = [];
    private (DateTimeOffset? Seen, DateTimeOffset? Grace) _keptTimes;

    private StudyDatabase(string path, SqliteConnection connection) => (_path, _connection) = (path, connection);

    /// <summary>Opens a file, or makes an empty one.</summary>
    /// <exception cref="IOException">It cannot be opened, or lies on a network.</exception>
    /// <exception cref="InvalidDataException">It is no study, or one of a newer version.</exception>
    public static StudyDatabase Open(string path)
    {
        SpecialFile.Refuse(path);
        if (Directory.Exists(path))
            throw new IOException($"{path} must be a file, but is a folder. Choose another name.");
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        if (new DriveInfo(folder).DriveType == DriveType.Network)
            throw new IOException($"{path} must lie on a disk of this machine, since processes share memory beside it, but {folder} is on "
                + "a network. Choose another folder.");
        SqliteConnectionStringBuilder settings = new()
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            DefaultTimeout = SecondsToWait,
            // A pool would keep the file open behind our back.
            Pooling = false,
        };
        SqliteConnection connection = new(settings.ConnectionString);
        StudyDatabase database = new(path, connection);
        try
        {
            return Translated(path, () =>
            {
                connection.Open();
                database.Execute("PRAGMA journal_mode = WAL");
                database.Execute("PRAGMA synchronous = FULL");
                return database;
            });
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Does all of something, or nothing; nobody else writes meanwhile.</summary>
    public T Transaction<T>(Func<T> work) => Translated(_path, () =>
    {
        // Immediate: a transaction that first reads and then writes would be refused where another wrote in between.
        using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
        T result = work();
        transaction.Commit();
        return result;
    });

    /// <summary>Makes the tables, or checks those that are there.</summary>
    /// <returns>The header of the stored study.</returns>
    public StudyHeader Begin(StudyHeader asked, ILogger logger, DateTimeOffset now)
    {
        if (Number("SELECT count(*) FROM sqlite_master") == 0)
        {
            Execute(Schema);
            Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"));
            Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version}"));
            WriteHeader(asked);
            return asked;
        }
        if (Number("PRAGMA application_id") != ApplicationId)
            throw new InvalidDataException($"{_path} must be a study, but is another program's database. Choose another file.");
        if (Number("PRAGMA user_version") is not Version and var version)
            throw new InvalidDataException($"{_path} has version {version}; this library reads version {Version}. Use the library that "
                + "wrote it, or a newer one.");
        _repaired = Number("SELECT coalesce(max(repaired), 0) FROM study");
        StudyHeader header = ReadHeader() ?? Restored(asked, logger);
        _study = header.Fingerprint;
        Repair(header, logger, now);
        return header;
    }

    /// <summary>The facts from a position on.</summary>
    public IEnumerable<LoggedFact> Facts(int from)
    {
        if (Translated(_path, () => Number("SELECT repaired FROM study")) != _repaired)
            throw new IOException($"{_path} was damaged, and another process has taken the damage out. Open the study again.");
        foreach ((long position, string line) in Translated(_path, () => Lines(from)))
        {
            if (!FactLine.TryRead(line, _study, out LoggedFact? fact) || fact.Position != position)
                throw new InvalidDataException($"{_path}: fact {position} is not what was written. Open the study again, which takes the "
                    + "damage out.");
            yield return fact;
        }
    }

    /// <summary>Appends a fact.</summary>
    public void Insert(LoggedFact fact) => Execute(
        "INSERT INTO facts (position, trial, kind, line) VALUES ($position, $trial, $kind, $line)",
        ("$position", fact.Position), ("$trial", fact.Fact.Trial), ("$kind", Kind(fact.Fact)), ("$line", FactLine.Of(fact, _study)));

    /// <summary>Takes the leases that are kept.</summary>
    public void ReadLeases(LeaseBook leases)
    {
        _kept = [];
        using (SqliteCommand command = Command("SELECT trial, attempt, until FROM leases"))
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
                _kept[reader.GetInt32(0)] = new Lease(reader.GetInt32(0), reader.GetInt32(1), Time(reader.GetString(2)) ?? default);
        }
        using (SqliteCommand command = Command("SELECT seen, grace FROM study"))
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            _keptTimes = reader.Read()
                ? (reader.IsDBNull(0) ? null : Time(reader.GetString(0)), reader.IsDBNull(1) ? null : Time(reader.GetString(1)))
                : (null, null);
        }
        leases.Restore(_kept.Values, _keptTimes.Seen, _keptTimes.Grace);
    }

    /// <summary>Keeps what has changed of the leases.</summary>
    public void WriteLeases(LeaseBook leases)
    {
        Dictionary<int, Lease> now = leases.Leases.ToDictionary(lease => lease.Trial);
        foreach (int trial in _kept.Keys.Where(trial => !now.ContainsKey(trial)))
            Execute("DELETE FROM leases WHERE trial = $trial", ("$trial", trial));
        foreach (Lease lease in now.Values.Where(lease => _kept.GetValueOrDefault(lease.Trial) != lease))
            Execute("INSERT OR REPLACE INTO leases (trial, attempt, until) VALUES ($trial, $attempt, $until)",
                ("$trial", lease.Trial), ("$attempt", lease.Attempt), ("$until", Text(lease.Until)));
        if (_keptTimes != (leases.Seen, leases.Grace))
            Execute("UPDATE study SET seen = $seen, grace = $grace",
                ("$seen", leases.Seen is { } seen ? Text(seen) : DBNull.Value),
                ("$grace", leases.Grace is { } grace ? Text(grace) : DBNull.Value));
    }

    private void WriteHeader(StudyHeader header)
    {
        _study = header.Fingerprint;
        Execute("DELETE FROM study");
        Execute("INSERT INTO study (id, header, fingerprint, repaired) VALUES (1, $header, $fingerprint, $repaired)",
            ("$header", JsonSerializer.Serialize(header, DescriptionJson.Options)), ("$fingerprint", header.Fingerprint),
            ("$repaired", _repaired));
    }

    // A header that does not have the fingerprint beside it is not what was written.
    private StudyHeader? ReadHeader()
    {
        using SqliteCommand command = Command("SELECT header, fingerprint FROM study");
        using SqliteDataReader reader = command.ExecuteReader();
        if (!reader.Read())
            return null;
        try
        {
            StudyHeader? header = JsonSerializer.Deserialize<StudyHeader>(reader.GetString(0), DescriptionJson.Options);
            return header?.Fingerprint == reader.GetString(1) ? header : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    // Which study this was, its facts know.
    private StudyHeader Restored(StudyHeader asked, ILogger logger)
    {
        List<(long, string Line)> lines = Lines(0);
        if (lines.Count > 0 && !lines.Any(entry => FactLine.TryRead(entry.Line, asked.Fingerprint, out _)))
            throw new InvalidDataException($"the header in {_path} is damaged, and no fact there is of the study asked for. Restore the "
                + "file from a copy, or choose another one.");
        SqliteLog.DamagedHeader(logger, _path);
        WriteHeader(asked);
        return asked;
    }

    private void Repair(StudyHeader header, ILogger logger, DateTimeOffset now)
    {
        List<(long Position, string Line)> lines = Lines(0);
        BelievedFacts believed = new(header);
        bool whole = true;
        foreach ((long position, string line) in lines)
        {
            string? fault = !FactLine.TryRead(line, _study, out LoggedFact? fact) ? "it is not what was written"
                : fact.Position != position ? $"it says that its position is {fact.Position}" : believed.Take(fact);
            if (fault is not null)
            {
                whole = false;
                SqliteLog.DamagedFact(logger, position, _path, fault);
            }
        }
        if (whole && believed.Facts.Select(fact => (long)fact.Position).SequenceEqual(lines.Select(entry => entry.Position)))
            return;
        // Copied before anything is changed: other processes see the file as it was until this is committed.
        string aside = $"{_path}.{now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.damaged";
        CopyTo(aside);
        Execute("DELETE FROM facts");
        foreach (LoggedFact fact in believed.Facts)
            Insert(fact);
        Execute("UPDATE study SET repaired = repaired + 1");
        _repaired++;
        SqliteLog.DamagedFile(logger, _path, aside);
    }

    // A connection of its own sees what is committed: the file as it was.
    private void CopyTo(string aside)
    {
        if (File.Exists(aside))
            return;
        using SqliteConnection source = new(_connection.ConnectionString), target = new($"Data Source={aside};Pooling=False");
        source.Open();
        target.Open();
        source.BackupDatabase(target);
    }

    private List<(long Position, string Line)> Lines(int from)
    {
        List<(long, string)> lines = [];
        using SqliteCommand command = Command(
            "SELECT position, line FROM facts WHERE position >= $from ORDER BY position", ("$from", from));
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
            lines.Add((reader.GetInt64(0), reader.GetString(1)));
        return lines;
    }

    private static string Kind(StudyFact fact) =>
        JsonSerializer.SerializeToElement(fact, DescriptionJson.Options).GetProperty("fact").GetString()!;

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Time(string text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) ? time : null;

    private long Number(string sql)
    {
        using SqliteCommand command = Command(sql);
        return Convert.ToInt64(command.ExecuteScalar() ?? 0L, CultureInfo.InvariantCulture);
    }

    private void Execute(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using SqliteCommand command = Command(sql, parameters);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }

    private static T Translated<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw SqliteFault.Of(path, e);
        }
    }
}
