namespace RobustWrn.Core;

/// <summary>
/// Keeps a folder to one process: an open file in it, which the operating system closes also when the process is killed. Some network file systems do not support it.
/// </summary>
public sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes a folder, which is made if it does not exist.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">Another process, or another user of this one, has it; or it cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written to.</exception>
    public static FolderLock Take(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, ".lock");
        try
        {
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new IOException($"{folder} is in use by another process. Wait until it ends, or choose another folder.", e);
        }
    }

    /// <summary>Lets others in.</summary>
    public void Dispose() => _file.Dispose();
}
