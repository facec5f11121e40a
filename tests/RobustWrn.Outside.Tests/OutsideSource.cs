using System.Reflection;

namespace RobustWrn.Outside.Tests;

/// <summary>The sources of this project, to say how long they are.</summary>
internal static class OutsideSource
{
    /// <summary>Lines of a file below its namespace that hold code: braces count, blank lines and comments do not.</summary>
    /// <param name="file">Its path in this project.</param>
    public static int Lines(string file)
    {
        string root = typeof(OutsideSource).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!;
        string path = Path.Combine(root, "tests", typeof(OutsideSource).Assembly.GetName().Name!, file);
        Assert.SkipUnless(File.Exists(path), "the source tree is not on this machine");
        return File.ReadLines(path).SkipWhile(line => !line.StartsWith("namespace ", StringComparison.Ordinal)).Skip(1)
            .Select(line => line.Trim()).Count(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal));
    }
}
