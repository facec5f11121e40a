namespace RobustWrn.Core;

/// <summary>
/// Keeps a folder to one process: an open file in it, which the operating system closes also when the process is killed.
/// Some network file systems do not support it.
/// </summary>
public sealed class FolderLock : IDisposable
{
    private const string FileName = ".lock";

    private readonly FileStream _file;
    private readonly string _folder;
    private readonly DateTime _taken;

    private FolderLock(string folder, FileStream file)
    {
        (_folder, _file) = (folder, file);
        // Also where the file was there before, what follows tells it from one that another process makes in its place.
        _file.SetLength(0);
        _file.Write("\n"u8);
        _file.Flush(flushToDisk: true);
        _taken = File.GetLastWriteTimeUtc(_file.Name);
    }

    /// <summary>
    /// Takes a folder, which is made if it does not exist, and removes what killed processes left half written in it
    /// (<see cref="AtomicFile.RemoveUnfinished"/>).
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">
    /// Another process, or another user of this one, has it; or it cannot be made or written to, as where a file is in its place.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written to.</exception>
    public static FolderLock Take(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string full = Path.GetFullPath(folder), path = Path.Combine(full, FileName);
        for (string? at = full; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(at))
                throw new IOException($"{full} must be a folder, but {at} is a file. Choose another folder.");
        }
        Directory.CreateDirectory(full);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new IOException($"{full} is in use by another process. Wait until it ends, or choose another folder.", e);
        }
        try
        {
            FolderLock taken = new(full, file);
            AtomicFile.RemoveUnfinished(full);
            return taken;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    internal static bool IsHeld(string folder) => Unfinished.IsOpen(new FileInfo(Path.Combine(folder, FileName)));

    /// <summary>
    /// Whether the folder was deleted, moved or replaced since it was taken: what is written there now would be of no use, or in another
    /// process's way.
    /// </summary>
    public bool IsLost => File.GetLastWriteTimeUtc(_file.Name) != _taken;

    /// <summary>Refuses to go on in a folder that is lost.</summary>
    /// <exception cref="IOException">It was deleted, moved or replaced.</exception>
    public void ThrowIfLost()
    {
        if (IsLost)
            throw new IOException($"{_folder} must stay in its place while it is in use, but it was deleted, moved or replaced. Run "
                + "again to begin anew there, or put it back to go on.");
    }

    /// <summary>Lets others in.</summary>
    public void Dispose() => _file.Dispose();
}
