namespace RobustWrn.Core;

/// <summary>
/// Keeps the place of one file to one process from before its content is computed until it is written: an open file beside it,
/// <c>.NAME.lock</c>, which goes with <see cref="Dispose"/>; one that a killed process left keeps nobody out. Some network file systems
/// do not support it.
/// </summary>
public sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the place of a file, and makes the folder of it if it does not exist.</summary>
    /// <param name="path">Where the file is or shall be.</param>
    /// <exception cref="IOException">Another process, or another user of this one, has it; or the folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be written to.</exception>
    public static FileLock Take(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path), folder = Path.GetDirectoryName(full)!;
        Directory.CreateDirectory(folder);
        string place = Path.Combine(folder, $".{Unfinished.Shortened(Path.GetFileName(full))}.lock");
        while (true)
        {
            FileStream file;
            try
            {
                file = new FileStream(place, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1,
                    FileOptions.DeleteOnClose);
            }
            catch (IOException e) when (File.Exists(place))
            {
                throw new IOException($"{full} is in use by another process. Wait until it ends, or choose another file.", e);
            }
            // Who had it before may have deleted it between our opening and our locking: then it keeps nobody out.
            if (File.Exists(place))
                return new FileLock(file);
            file.Dispose();
        }
    }

    /// <summary>Lets others in.</summary>
    public void Dispose() => _file.Dispose();
}
