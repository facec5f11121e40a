namespace RobustWrn.Core;

/// <summary>
/// Finds classes and images in folders that anyone may have filled. Hidden entries and those of archivers are left out; what would change
/// labels, count an image twice, never end or
/// hang (empty classes, links that lead back, pipes and devices) is refused by name.
/// </summary>
/// <param name="root">The folder of the data set.</param>
/// <param name="place">The part of it that is looked at, such as <c>train</c>.</param>
internal sealed class FolderScan(string root, string place)
{
    private const int DeepestFolder = 32;
    private const string ArchiverFolder = "__MACOSX";

    private static readonly string[] Endings = [".jpeg", ".jpg", ".png", ".bmp", ".webp", ".gif"];
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        MatchType = MatchType.Simple
    };

    // What links lead to: the same twice is one image or class counted twice.
    private readonly HashSet<string> _linked = new(StringComparer.Ordinal);

    /// <summary>The endings of images, for messages.</summary>
    internal static string KnownEndings => string.Join(", ", Endings);

    /// <summary>The classes: the visible folders in the order of their names.</summary>
    internal ValueList<string> Classes()
    {
        FileSystemInfo[] entries = [.. Visible(new DirectoryInfo(place))];
        if (Array.Find(entries, entry => entry is FileInfo && IsImage(entry.Name)) is { } loose)
            throw Wrong(loose.FullName, "lies in no folder of a class", "Move it into one, or remove it");
        DirectoryInfo[] folders = [.. entries.OfType<DirectoryInfo>().OrderBy(folder => folder.Name, StringComparer.Ordinal)];
        foreach (DirectoryInfo folder in folders)
        {
            if (folder.Name.Any(char.IsControl))
                throw Wrong(folder.FullName, "has a line break or another control character in its name, which is a class's", "Rename it");
            if (IsLink(folder))
                Follow(folder);
        }
        if (folders.GroupBy(folder => folder.Name, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(group => group.Count() > 1) is { } alike)
            throw Wrong(place, $"has classes that differ in case only ({Excerpt.List([.. alike.Select(folder => folder.Name)])}), which "
                + "are one on other systems", "Rename one");
        return folders.Select(folder => folder.Name).ToValueList();
    }

    /// <summary>The images of a class, at any depth, as paths from the place, in the order of these.</summary>
    /// <param name="name">The class; it may have no folder here.</param>
    internal IReadOnlyList<string> Images(string name)
    {
        string folder = Path.Combine(place, name);
        if (!Directory.Exists(folder))
            return [];
        List<string> found = [];
        List<string> others = [];
        Stack<(DirectoryInfo Folder, int Depth)> open = new([(new DirectoryInfo(folder), 1)]);
        while (open.TryPop(out (DirectoryInfo Folder, int Depth) next))
        {
            if (next.Depth > DeepestFolder)
                throw Wrong(next.Folder.FullName, $"lies more than {DeepestFolder} folders deep", "Move its images up");
            foreach (FileSystemInfo entry in Visible(next.Folder))
            {
                if (entry is DirectoryInfo inner)
                    open.Push((IsLink(inner)
                        ? throw Wrong(inner.FullName, "is a link to a folder, which may lead in a circle or count images twice",
                        "Link its images one by one, or copy it") : inner, next.Depth + 1));
                else if (IsImage(entry.Name))
                    found.Add(Checked(entry));
                else
                    others.Add(entry.Name);
            }
        }
        if (found.Count == 0)
            throw Wrong(folder,
                $"must hold images of its class ({KnownEndings}), but has "
                + $"{(others.Count == 0 ? "none" : $"only others such as {Excerpt.Of(others.Min(StringComparer.Ordinal))}")}; "
                + "without it all labels behind would be others", "Fetch them, or remove the folder");
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>An image that a list names.</summary>
    /// <param name="file">The path from the place.</param>
    internal string Image(string file) => Checked(new FileInfo(Path.Combine(place, file)));

    // What is empty is no image: nor are pipes, sockets and devices, which have no length and whose opening may never end.
    private string Checked(FileSystemInfo entry)
    {
        FileInfo file = (FileInfo)(IsLink(entry) ? Follow(entry) : entry);
        if (!file.Exists)
            throw Wrong(entry.FullName, "is named as an image, but there is no such file", "Fetch it");
        if (file.Length == 0)
            throw Wrong(entry.FullName, "is empty, or no file but a pipe or a device", "Fetch it again, or remove it");
        return Path.GetRelativePath(place, entry.FullName);
    }

    // Links to images and to whole classes elsewhere are how subsets are made. One into the data set itself counts an image twice, or shows
    // the test split to the training.
    private FileSystemInfo Follow(FileSystemInfo link)
    {
        FileSystemInfo? target;
        try
        {
            target = link.ResolveLinkTarget(returnFinalTarget: true);
        }
        catch (IOException e)
        {
            throw Wrong(link.FullName, $"is a link that leads nowhere ({Excerpt.Of(e.Message)})", "Remove it");
        }
        if (target is not { Exists: true })
            throw Wrong(link.FullName, "is a link that leads nowhere", "Remove it");
        string at = Path.TrimEndingDirectorySeparator(target.FullName);
        if (Homes().Any(home => Contains(home, at) || (target is DirectoryInfo && Contains(at, home))))
            throw Wrong(link.FullName, "is a link into the data set itself, so that images would count twice", "Remove it");
        return _linked.Add(at) ? target
            : throw Wrong(link.FullName, $"is one of two links to {Excerpt.Of(at)}, which would count twice", "Remove one");
    }

    // The folder of the data set may be a link, too.
    private IEnumerable<string> Homes()
    {
        DirectoryInfo home = new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)));
        yield return home.FullName;
        if (home.ResolveLinkTarget(returnFinalTarget: true) is { } real)
            yield return Path.TrimEndingDirectorySeparator(real.FullName);
    }

    private static bool Contains(string folder, string path) =>
        path == folder || path.StartsWith(folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder
            + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static IEnumerable<FileSystemInfo> Visible(DirectoryInfo folder) => folder.EnumerateFileSystemInfos("*", Everything)
        .Where(entry => entry.Name != ArchiverFolder && entry.Name[0] != '.'
            && (entry.Attributes & (FileAttributes.Hidden | FileAttributes.System)) == 0);

    private static bool IsLink(FileSystemInfo entry) =>
        (entry.Attributes & FileAttributes.ReparsePoint) != 0 && entry.LinkTarget is not null;

    private static bool IsImage(string name) => Array.Exists(Endings, ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static InvalidDataException Wrong(string path, string rule, string remedy) => new($"{Excerpt.Of(path, 300)} {rule}. {remedy}.");
}
