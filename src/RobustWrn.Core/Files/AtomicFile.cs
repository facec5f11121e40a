using System.Collections.Concurrent;
using System.Text;

namespace RobustWrn.Core;

/// <summary>Files that are either there in full or not at all: written beside their place, flushed to the disk, then renamed.</summary>
public static class AtomicFile
{
    // Folders that this process has written into.
    private static readonly ConcurrentDictionary<string, bool> Known = new(StringComparer.Ordinal);

    /// <summary>
    /// Writes a file. The first that a process writes into a folder removes what killed processes left half written there.
    /// </summary>
    /// <param name="path">Where; its folder is made if it does not exist.</param>
    /// <param name="write">Writes the content. When it throws, the file at <paramref name="path"/> is as it was.</param>
    /// <exception cref="IOException">
    /// The place is below a regular file or is a folder, the disk is full, or the file larger than one may be there.
    /// </exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path), name = Path.GetFileName(full);
        if (name.Length == 0 || Directory.Exists(full))
            throw new IOException($"{full} must be a file, but it is a folder. Name a file inside it.");
        SpecialFile.Refuse(full);
        string folder = Path.GetDirectoryName(full)!;
        for (string? above = folder; above is not null && !Directory.Exists(above); above = Path.GetDirectoryName(above))
        {
            if (File.Exists(above))
                throw new IOException($"{above} must be a folder, but it is a file. Choose another place for {name}.");
        }
        Directory.CreateDirectory(folder);
        if (Known.TryAdd(folder, true))
            Unfinished.RemoveFromShared(folder);
        // The number in the name keeps two threads that write one file apart: the later rename wins, each in full.
        string temporary = Path.Combine(folder, Unfinished.Beside(name));
        try
        {
            using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e)
        {
            // The folder, too, may be gone by now.
            if (File.Exists(temporary))
                File.Delete(temporary);
            // So .NET calls a file that is larger than the file system or the process's limit allows.
            if (e is ArgumentOutOfRangeException { ParamName: "value" })
                throw new IOException($"{full} is larger than a file may be here: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Writes a text file in UTF-8 without a byte order mark.</summary>
    public static void WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>
    /// Removes what killed processes left half written: files of the form <c>.NAME.PROCESS-NUMBER.tmp</c> that no process has open, and
    /// folders of that form whose process has ended. All others stay, and links are not followed.
    /// </summary>
    /// <param name="folder">The folder; it need not exist. The caller keeps other writers out (<see cref="FolderLock"/>).</param>
    /// <param name="subfolders">Whether those below it are cleaned, too.</param>
    public static void RemoveUnfinished(string folder, bool subfolders = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Unfinished.RemoveFromOwn(folder, subfolders);
    }
}
