using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Keeps a study in a folder: <c>study.json</c> and one file per trial, each written atomically and sealed (<see cref="SealedFile{T}"/>): a
/// trial's file names the study it is of. A lock file keeps a second process out; the operating system releases it also when the process is
/// killed.
/// </summary>
/// <remarks>
/// A trial's file that is damaged or of another study is moved aside (<c>.damaged</c>) with a warning and its trial is tried again: nothing
/// else is lost. A damaged or missing <c>study.json</c> is written again, with a warning, where the trials are of the study asked for. Some
/// network file systems do not support locks.
/// </remarks>
public sealed class FolderStudyStore : IStudyStore
{
    private const string HeaderName = "study.json", TrialPattern = "trial-*.json", OfStudy = "study";

    private static readonly SealedFile<StudyHeader> HeaderFile = new("study", version: 2);
    private static readonly SealedFile<TrialRecord> TrialFile = new("trial", version: 2);

    private readonly ILogger _log;
    private FolderLock? _lock;
    private string _study = "";

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
    public StoredStudy Open(StudyHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        _lock = _lock is null ? FolderLock.Take(Folder) : throw new IOException($"{Folder} is in use by another study of this store. "
            + "Dispose that study first.");
        try
        {
            string[] files = Directory.GetFiles(Folder, TrialPattern);
            StudyHeader kept = Kept(header, files);
            _study = kept.Fingerprint;
            return new StoredStudy(kept, files.Select(ReadTrial).OfType<TrialRecord>().OrderBy(trial => trial.Number).ToValueList());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Append(TrialRecord trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        if (_lock is null)
            throw new InvalidOperationException("a store must be opened before it is written.");
        _lock.ThrowIfLost();
        TrialFile.Write(In(NameOf(trial.Number)), trial, (OfStudy, _study));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock?.Dispose();
        _lock = null;
    }

    private StudyHeader Kept(StudyHeader asked, string[] trials)
    {
        if (HeaderFile.TryRead(In(HeaderName), out StudyHeader? header, out string? fault))
            return header;
        // Which study this was, its trials know: where all that are sound are another's, it is not this one.
        string[] sound = [.. trials.Where(file => TrialFile.TryRead(file, out _, out _))];
        if (sound.Length > 0 && !Array.Exists(sound, file => TrialFile.TryRead(file, out _, out _, (OfStudy, asked.Fingerprint))))
            throw new InvalidDataException($"{In(HeaderName)} cannot be read ({fault}), and the {Quantity.Of(sound.Length, "trial")} beside it {(sound.Length == 1 ? "is" : "are")} of "
                + "another study than the one asked for. Restore it from a copy, or choose another folder.");
        if (File.Exists(In(HeaderName)) || trials.Length > 0)
            SearchLog.DamagedHeader(_log, In(HeaderName), fault, SealedFile.MoveAside(In(HeaderName)));
        HeaderFile.Write(In(HeaderName), asked);
        return asked;
    }

    private TrialRecord? ReadTrial(string path)
    {
        if (TrialFile.TryRead(path, out TrialRecord? trial, out string? fault, (OfStudy, _study))
            && Path.GetFileName(path) == NameOf(trial.Number))
            return trial;
        SearchLog.DamagedTrial(_log, path, fault ?? $"it holds trial {trial!.Number}", SealedFile.MoveAside(path));
        return null;
    }

    private string In(string name) => Path.Combine(Folder, name);

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"trial-{number:D6}.json");
}
