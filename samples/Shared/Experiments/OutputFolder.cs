using RobustWrn.Core;

namespace RobustWrn.Samples;

/// <summary>The output folder, kept to this process as long as it runs: two that write one result would undo each other's work.</summary>
internal sealed class OutputFolder : IDisposable
{
    private readonly string _path;
    private readonly FolderLock? _lock;

    private OutputFolder(string path, FolderLock? @lock) => (_path, _lock) = (path, @lock);

    public string Record => RecordOf(_path);

    public string ResultFile => ResultOf(_path);

    public string ReportFile => ReportOf(_path);

    /// <summary>What cannot be written in a folder, which need not be there yet.</summary>
    public static IEnumerable<Problem> Problems(string path)
    {
        Problem[] folder = [.. OutputPlace.OfFolder(path, "--out")];
        if (folder.Length > 0)
            return folder;
        IEnumerable<Problem> files = new[] { ResultOf(path), ReportOf(path) }.SelectMany(file => OutputPlace.OfFile(file, "--out"));
        return files.Concat(OutputPlace.OfFolder(RecordOf(path), "--out"));
    }

    /// <summary>
    /// Takes the folder, and forgets what earlier runs left in it if that is wanted: never what one that still runs is at.
    /// </summary>
    /// <exception cref="IOException">Another process has the folder, or cannot be kept out of it.</exception>
    public static OutputFolder Take(string path, bool fresh)
    {
        OutputFolder folder = new(path, FolderLock.Take(path));
        try
        {
            if (fresh)
                folder.Forget();
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Uses the folder beside the process that has taken it and started this one.</summary>
    public static OutputFolder Join(string path) => new(path, null);

    /// <summary>The line that a program in it ends with when it was asked to stop.</summary>
    public static string Stopped(string path, bool fresh) =>
        $"Stopped; what is done stands in {path}, and the same command{(fresh ? ", without --fresh," : "")} goes on there.";

    public void Dispose() => _lock?.Dispose();

    // The record may be in use by a program of the user's own, which knows nothing of this folder's lock but holds that of the record.
    // The lock itself stays:
    // whoever waits for the record would hold another file of the same name, and two could be in it.
    private void Forget()
    {
        if (Directory.Exists(Record))
        {
            using FolderLock record = FolderLock.Take(Record);
            foreach (DirectoryInfo folder in new DirectoryInfo(Record).GetDirectories())
                folder.Delete(recursive: folder.LinkTarget is null);
            foreach (FileInfo file in new DirectoryInfo(Record).GetFiles().Where(file => file.Name != ".lock"))
                file.Delete();
        }
        File.Delete(ResultFile);
        File.Delete(ReportFile);
    }

    private static string RecordOf(string path) => Path.Combine(path, "record");

    private static string ResultOf(string path) => Path.Combine(path, "result.json");

    private static string ReportOf(string path) => Path.Combine(path, "report.md");
}
