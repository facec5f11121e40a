using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace RobustWrn.Core;

/// <summary>
/// Files and folders beside the place where they go once they are done, <c>.NAME.PROCESS-NUMBER.tmp</c>, and the removal of those that
/// killed processes left. Links are not followed.
/// </summary>
internal static partial class Unfinished
{
    // File systems take names of 255 bytes; what is added to the name of a file beside its place is at most 34.
    private const int LongestName = 200;

    private static long _made;

    /// <summary>A name that no other process, and nothing else of this one, has.</summary>
    /// <param name="name">The name of the place.</param>
    public static string Beside(string name) =>
        $".{Shortened(name)}.{Environment.ProcessId}-{Interlocked.Increment(ref _made)}.tmp";

    /// <summary>A name, or as much of it as leaves room for what is added beside its place.</summary>
    public static string Shortened(string name)
    {
        while (Encoding.UTF8.GetByteCount(name) > LongestName)
            name = name[..^(name.Length > 1 && char.IsLowSurrogate(name[^1]) ? 2 : 1)];
        return name;
    }

    /// <summary>
    /// Removes from a folder that the caller keeps other writers out of: files that nobody has open, whatever process they bear the
    /// number of; folders of processes that have ended.
    /// </summary>
    public static void RemoveFromOwn(string folder, bool subfolders) => Remove(folder, subfolders,
        (entry, process) => entry is FileInfo ? !IsOpen(entry) : OwningProcess.HasEnded(process, entry.LastWriteTimeUtc));

    /// <summary>Removes from a folder in which others may write: what belongs to processes that have ended, and nobody has open.</summary>
    /// <param name="folder">The folder; it need not exist.</param>
    /// <param name="name">The name of the place; null for all.</param>
    public static void RemoveFromShared(string folder, string? name = null)
    {
        // The processes of other machines cannot be seen from here.
        if (Directory.Exists(folder) && new DriveInfo(folder).DriveType != DriveType.Network)
        {
            Remove(folder, subfolders: false,
                (entry, process) => OwningProcess.HasEnded(process, entry.LastWriteTimeUtc) && !IsOpen(entry), name);
        }
    }

    /// <summary>True while a process has a file open as its own.</summary>
    public static bool IsOpen(FileSystemInfo file)
    {
        if (file is not FileInfo)
            return false;
        try
        {
            using FileStream stream = new(file.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whatever else forbids to open it is no reason to delete it, either.
            return true;
        }
    }

    private static void Remove(string folder, bool subfolders, Func<FileSystemInfo, int, bool> isLeft, string? name = null)
    {
        if (!Directory.Exists(folder))
            return;
        EnumerationOptions which = new()
        {
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = true,
            RecurseSubdirectories = subfolders,
        };
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).GetFileSystemInfos(".*.tmp", which))
        {
            Match form = (entry is FileInfo ? FileForm() : FolderForm()).Match(entry.Name);
            if (!form.Success || (name is not null && form.Groups["name"].Value != Shortened(name))
                || !int.TryParse(form.Groups["process"].Value, CultureInfo.InvariantCulture, out int process) || !isLeft(entry, process))
            {
                continue;
            }
            Delete(entry);
        }
    }

    /// <summary>Removes what was left, if it can be.</summary>
    public static void Delete(FileSystemInfo left)
    {
        try
        {
            if (left is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                left.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process removed it at the same moment, or it is another user's.
        }
    }

    [GeneratedRegex(@"\A\.(?<name>.+)\.(?<process>[0-9]+)-[0-9]+\.tmp\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex FileForm();

    // Archives were unpacked into folders without a number once.
    [GeneratedRegex(@"\A\.(?<name>.+)\.(?<process>[0-9]+)(-[0-9]+)?\.tmp\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex FolderForm();
}
