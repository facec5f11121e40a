namespace RobustWrn.Core;

/// <summary>Files that are either there in full or not at all: written beside their place, flushed to the disk, then renamed.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">Where; its folder is made if it does not exist.</param>
    /// <param name="write">Writes the content. When it throws, the file at <paramref name="path"/> is as it was.</param>
    /// <exception cref="IOException">The folder cannot be made, or the disk is full.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full)!;
        if (File.Exists(folder))
            throw new IOException($"{folder} must be a folder, but it is a file. Choose another place for {Path.GetFileName(full)}.");
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Environment.ProcessId}.tmp");
        try
        {
            using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes a text file in UTF-8 without a byte order mark.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
