using System.Globalization;
using System.Text.RegularExpressions;

namespace RobustWrn.Core;

/// <summary>
/// A folder of this process among the system's temporary ones, for what nobody asked to keep. It goes with <see cref="Dispose"/>; those of
/// killed processes go as soon as any process makes one.
/// </summary>
public sealed partial class TemporaryFolder : IDisposable
{
    private readonly FolderLock _lock;

    private TemporaryFolder(string path) => (Path, _lock) = (path, FolderLock.Take(path));

    /// <summary>Its full path. Beside what is put there it holds <c>.lock</c>, as long as it is used.</summary>
    public string Path { get; }

    /// <summary>Makes one, which its user alone may look into, and removes those of processes that have ended.</summary>
    /// <exception cref="IOException">It cannot be made, as on a disk that is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The temporary folder of the system must not be written to.</exception>
    public static TemporaryFolder Make() => Make(System.IO.Path.GetTempPath());

    internal static TemporaryFolder Make(string parent)
    {
        foreach (DirectoryInfo left in Abandoned(parent))
            Unfinished.Delete(left);
        string random = System.IO.Path.GetFileNameWithoutExtension(System.IO.Path.GetRandomFileName());
        string path = System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), $"robustwrn-{Environment.ProcessId}-{random}");
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new TemporaryFolder(path);
    }

    /// <summary>Deletes it with all that it holds.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    // The lock is seen from other containers, too, in which the number is that of another process or of none.
    private static IEnumerable<DirectoryInfo> Abandoned(string parent)
    {
        if (!Directory.Exists(parent))
            return [];
        EnumerationOptions which = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        return new DirectoryInfo(parent).GetDirectories("robustwrn-*", which)
            .Where(folder => Form().Match(folder.Name) is { Success: true } form
                && int.TryParse(form.Groups[1].Value, CultureInfo.InvariantCulture, out int process)
                && OwningProcess.HasEnded(process, folder.LastWriteTimeUtc) && !FolderLock.IsHeld(folder.FullName));
    }

    [GeneratedRegex(@"\Arobustwrn-([0-9]+)-[a-z0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
