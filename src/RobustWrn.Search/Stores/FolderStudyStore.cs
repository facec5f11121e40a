using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Keeps a study in a folder: <c>study.json</c>, sealed (<see cref="SealedFile{T}"/>), and <c>log.jsonl</c>, a line for each fact, flushed
/// to the disk before the study goes on. A line carries a checksum over itself and the study, so that a line of another study is none of
/// this. A lock file keeps a second process out; the operating system releases it also when the process is killed.
/// </summary>
/// <remarks>
/// A last line that was cut off never counted, and is taken away. A damaged line before it, and what cannot be without it, is left out with
/// a warning and its trial is tried again: nothing else is lost, and the log as it was stays beside (<c>.damaged</c>). A damaged or missing
/// <c>study.json</c> is written again, with a warning, where the log is of the study asked for. Studies of one file a trial, as the first
/// version wrote them, are read on as studies of batches of 1. Some network file systems do not support locks.
/// </remarks>
public sealed class FolderStudyStore : ExclusiveStore
{
    private const string HeaderName = "study.json", LogName = "log.jsonl";

    private static readonly SealedFile<StudyHeader> HeaderFile = new("study", version: 3);

    private readonly ILogger _logger;
    private FolderLock? _lock;
    private LogFile? _file;

    /// <summary>Creates a store; nothing is read or written yet.</summary>
    /// <param name="folder">The folder; made when the store is opened.</param>
    /// <param name="logger">Told of damaged files; null is none.</param>
    /// <param name="time">The clock of its facts; null is the system's.</param>
    /// <param name="rules">How often a trial is tried again; null is the default.</param>
    public FolderStudyStore(string folder, ILogger? logger = null, TimeProvider? time = null, ClaimRules? rules = null)
        : base(rules, time)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Folder = Path.GetFullPath(folder);
        _logger = logger ?? NullLogger.Instance;
    }

    /// <summary>The folder, as a full path.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    protected override StudyHeader Take(StudyHeader header, out IReadOnlyList<LoggedFact> facts)
    {
        ArgumentNullException.ThrowIfNull(header);
        facts = [];
        _lock = _lock is null ? FolderLock.Take(Folder) : throw new IOException($"{Folder} is in use by another study of this store. "
            + "Dispose that study first.");
        try
        {
            if (FormerStudyFolder.Find(Folder, header, _logger) is { } former)
            {
                if (former.Header.Fingerprint != header.Fingerprint)
                    return former.Header;
                LogFile.Write(In(LogName), former.Header, former.Facts);
                HeaderFile.Write(In(HeaderName), former.Header);
                FormerStudyFolder.Remove(Folder);
            }
            StudyHeader kept = Kept(header);
            _file = LogFile.Open(In(LogName), kept, _logger, out facts);
            return kept;
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Keep(LoggedFact fact)
    {
        _lock!.ThrowIfLost();
        _file!.Append(fact);
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        _file?.Dispose();
        _lock?.Dispose();
        (_file, _lock) = (null, null);
    }

    private StudyHeader Kept(StudyHeader asked)
    {
        if (HeaderFile.TryRead(In(HeaderName), out StudyHeader? header, out string? fault))
        {
            if (!File.Exists(In(LogName)))
                SearchLog.LostLog(_logger, In(LogName));
            return header;
        }
        // Which study this was, its facts know: where none is of the one asked for, it is another.
        bool logged = File.Exists(In(LogName)) && new FileInfo(In(LogName)).Length > 0;
        if (logged && !LogFile.IsOf(In(LogName), asked))
            throw new InvalidDataException($"{In(HeaderName)} cannot be read ({fault}), and no line of the log beside it is of the study "
                + "asked for. Restore it from a copy, or choose another folder.");
        if (File.Exists(In(HeaderName)) || logged)
            SearchLog.DamagedHeader(_logger, In(HeaderName), fault, SealedFile.MoveAside(In(HeaderName)));
        HeaderFile.Write(In(HeaderName), asked);
        return asked;
    }

    private string In(string name) => Path.Combine(Folder, name);
}
