namespace RobustWrn.Core;

/// <summary>
/// Places where results go, tried before the work whose results they take. A file is really written there and taken away again, and so
/// are the folders that it needs: missing permissions, read-only file systems, names that are too long and full disks show only so. What
/// killed processes left of such trials is removed.
/// </summary>
public static class OutputPlace
{
    private const string Trial = "trial";

    /// <summary>
    /// Why a file cannot be written at a place, whether or not there is one already; no problem when it can. The place is left as it
    /// was.
    /// </summary>
    /// <param name="path">Where the file shall be.</param>
    /// <param name="name">Under which the problem is reported, such as an option of the command line.</param>
    public static IEnumerable<Problem> OfFile(string path, string name)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            return [new Problem(name, "must name a file, but it is empty.")];
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path))
            return [new Problem(name, $"must name a file, but {path} is a folder.")];
        string full = Path.GetFullPath(path);
        return Tried(full, Path.GetDirectoryName(full)!, name);
    }

    /// <summary>
    /// Why files cannot be written into a folder, whether or not it exists already; no problem when they can. The place is left as it
    /// was.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <param name="name">Under which the problem is reported, such as an option of the command line.</param>
    public static IEnumerable<Problem> OfFolder(string path, string name)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            return [new Problem(name, "must name a folder, but it is empty.")];
        if (File.Exists(path))
            return [new Problem(name, $"must name a folder, but {path} is a file. Choose another place.")];
        string full = Path.GetFullPath(path);
        return Tried(full, full, name);
    }

    private static IEnumerable<Problem> Tried(string full, string folder, string name)
    {
        for (string? above = Path.GetDirectoryName(full); above is not null; above = Path.GetDirectoryName(above))
        {
            if (File.Exists(above))
                return [new Problem(name, $"must lie in a folder, but {above} is a file. Choose another place.")];
        }
        string tried = full;
        try
        {
            // A name that is too long is told from one that is not there only by this; what a file is, only by opening it.
            if (File.Exists(full) || !IsMissing(full))
                SpecialFile.Refuse(full);
            tried = Existing(folder);
            // Those who tried before may have found fewer of the folders.
            for (string? above = tried; above is not null; above = Path.GetDirectoryName(above))
                Unfinished.RemoveFromShared(above, Trial);
            Try(folder, tried);
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string message = $"must be where files can be written, but nothing can be in {tried} ({Reason(e)}). Choose another place.";
            return [new Problem(name, message)];
        }
    }

    private static bool IsMissing(string full)
    {
        try
        {
            return (int)File.GetAttributes(full) == -1;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
    }

    private static string Existing(string folder)
    {
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException();
        return folder;
    }

    // Missing folders are made below one of another name: whoever makes the real ones at this moment is not disturbed.
    private static void Try(string folder, string existing)
    {
        string trial = Path.Combine(existing, Unfinished.Beside(Trial));
        if (existing == folder)
        {
            Write(trial);
            return;
        }
        try
        {
            string deepest = Path.Combine(trial, Path.GetRelativePath(existing, folder));
            Directory.CreateDirectory(deepest);
            Write(Path.Combine(deepest, Unfinished.Beside(Trial)));
        }
        finally
        {
            if (Directory.Exists(trial))
                Directory.Delete(trial, recursive: true);
        }
    }

    private static void Write(string file)
    {
        using FileStream stream = new(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        stream.WriteByte(1);
    }

    // .NET calls a place where the system makes no entries, such as /proc, a part of the path that could not be found.
    private static string Reason(Exception e) => e switch
    {
        PathTooLongException => "a name is longer than the file system allows",
        FileNotFoundException or DirectoryNotFoundException => "the file system makes no new entries there",
        UnauthorizedAccessException => "no permission, or a read-only file system",
        _ => e.Message.TrimEnd('.'),
    };
}
