using RobustWrn.Core;

namespace RobustWrn.Testing;

/// <summary>
/// A folder for one test, deleted at its end. All of a process are below one temporary folder, which goes with the process; a killed
/// process's goes when the next begins.
/// </summary>
internal sealed class TestFolder : IDisposable
{
    private static readonly TemporaryFolder OfThisProcess = TemporaryFolder.Make();

    private static int _made;

    static TestFolder() => AppDomain.CurrentDomain.ProcessExit += (_, _) => OfThisProcess.Dispose();

    /// <summary>The temporary folder of the process.</summary>
    public static string Root => OfThisProcess.Path;

    public string Path { get; } = Make();

    /// <summary>Makes an empty folder, which whoever makes it may delete.</summary>
    /// <returns>Its full path.</returns>
    public static string Make() => Directory.CreateDirectory(Missing()).FullName;

    /// <summary>A place where nothing is.</summary>
    /// <returns>Its full path.</returns>
    public static string Missing() => System.IO.Path.Combine(Root, $"{Interlocked.Increment(ref _made)}");

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
