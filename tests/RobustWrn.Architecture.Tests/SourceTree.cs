using System.Reflection;

namespace RobustWrn.Architecture.Tests;

/// <summary>The repository these tests were built from. A test that needs it is skipped where only the binaries are.</summary>
internal static class SourceTree
{
    private static readonly string Root =
        typeof(SourceTree).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Paths from the root, with forward slashes.</summary>
    public static IEnumerable<string> SourceFiles(params string[] folders)
    {
        Assert.SkipUnless(Exists("RobustWrn.sln"), "the source tree is not on this machine");
        return folders.Select(Full).Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal));
    }

    /// <summary>The folders that hold source files, from the root, with forward slashes.</summary>
    public static IEnumerable<string> SourceFolders(params string[] folders) =>
        SourceFiles(folders).Select(file => file[..file.LastIndexOf('/')]).Distinct();

    public static IEnumerable<string> Libraries()
    {
        Assert.SkipUnless(Exists("RobustWrn.sln"), "the source tree is not on this machine");
        return Directory.GetDirectories(Full("src")).Select(folder => Path.GetFileName(folder));
    }

    public static string Full(string path) => Path.Combine(Root, path);

    public static bool Exists(string path) => File.Exists(Full(path)) || Directory.Exists(Full(path));

    public static string[] Lines(string path) => File.ReadAllLines(Full(path));
}
