using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Keeps a study in a folder: <c>study.json</c> and one file per trial, each written atomically and with a SHA-256 that is verified on reading.
/// A lock file keeps a second process out; the operating system releases it also when the process is killed.
/// </summary>
/// <remarks>
/// A damaged trial file is moved aside (<c>.damaged</c>) with a warning and its trial is tried again: nothing else is lost. A damaged <c>study.json</c> is
/// refused, because what the study is cannot be known without it. Some network file systems do not support locks.
/// </remarks>
public sealed class FolderStudyStore : IStudyStore
{
    private const string HeaderFile = "study.json", LockFile = "study.lock", TrialPattern = "trial-*.json";

    private readonly ILogger _log;
    private FileStream? _lock;

    /// <summary>Creates a store; nothing is read or written yet.</summary>
    /// <param name="folder">The folder; made when the store is opened.</param>
    /// <param name="logger">Told of damaged files; null is none.</param>
    public FolderStudyStore(string folder, ILogger? logger = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Folder = Path.GetFullPath(folder);
        _log = logger ?? NullLogger.Instance;
    }

    /// <summary>The folder, as a full path.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public StoredStudy? Open()
    {
        RefuseFileInTheWay();
        Directory.CreateDirectory(Folder);
        _lock = _lock is null ? Lock() : throw InUse(null);
        try
        {
            return Read();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Create(StudyHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        RefuseUnlocked();
        SealedFile.Write(In(HeaderFile), header);
    }

    /// <inheritdoc/>
    public void Append(TrialRecord trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        RefuseUnlocked();
        SealedFile.Write(In(NameOf(trial.Number)), trial);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock?.Dispose();
        _lock = null;
    }

    private StoredStudy? Read()
    {
        // Left by a process that was killed while it wrote; the lock says that none is writing now.
        foreach (string unfinished in Directory.GetFiles(Folder, $".{HeaderFile}.*.tmp").Concat(Directory.GetFiles(Folder, $".{TrialPattern}.*.tmp")))
            File.Delete(unfinished);
        string[] files = Directory.GetFiles(Folder, TrialPattern);
        if (!File.Exists(In(HeaderFile)))
        {
            return files.Length == 0
                ? null
                : throw new InvalidDataException($"{Folder} must hold {HeaderFile} beside its {files.Length} trial files, but it is missing. Restore it from a copy, or choose another folder.");
        }
        if (!SealedFile.TryRead(In(HeaderFile), out StudyHeader? header, out string? damage))
            throw new InvalidDataException($"{In(HeaderFile)} is damaged ({damage}). Restore it from a copy, or choose another folder.");
        return new StoredStudy(header, files.Select(ReadTrial).OfType<TrialRecord>().OrderBy(trial => trial.Number).ToValueList());
    }

    private TrialRecord? ReadTrial(string path)
    {
        if (SealedFile.TryRead(path, out TrialRecord? trial, out string? damage) && Path.GetFileName(path) == NameOf(trial.Number))
            return trial;
        string aside = $"{path}.damaged";
        File.Move(path, aside, overwrite: true);
        SearchLog.DamagedTrial(_log, path, damage ?? $"it holds trial {trial!.Number}", aside);
        return null;
    }

    private FileStream Lock()
    {
        try
        {
            return new FileStream(In(LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            throw InUse(e);
        }
    }

    private IOException InUse(IOException? cause) => new(
        $"a study is used by one process at a time, and {In(LockFile)} is held. Wait for the other run to end, stop it, or choose another folder.", cause);

    private void RefuseFileInTheWay()
    {
        for (string? at = Folder; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(at))
                throw new IOException($"{Folder} must be a folder, but {at} is a file. Choose another folder for the study.");
        }
    }

    private void RefuseUnlocked()
    {
        if (_lock is null)
            throw new InvalidOperationException("a store must be opened before it is written.");
    }

    private string In(string name) => Path.Combine(Folder, name);

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"trial-{number:D6}.json");
}
