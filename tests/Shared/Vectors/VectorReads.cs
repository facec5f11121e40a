using System.Collections.Concurrent;

namespace RobustWrn.Testing;

/// <summary>
/// The stored outputs that this process's tests have looked at. They are written, where a variable names a file, when the process ends.
/// </summary>
internal static class VectorReads
{
    /// <summary>The environment variable that names the file.</summary>
    public const string FileVariable = "ROBUSTWRN_TEST_VECTOR_READS";

    private static readonly ConcurrentDictionary<string, byte> Read = new(StringComparer.Ordinal);

    static VectorReads()
    {
        if (Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } file)
            AppDomain.CurrentDomain.ProcessExit += (_, _) => File.WriteAllLines(file, Read.Keys.Order(StringComparer.Ordinal));
    }

    public static void Add(string file, string output) => Read.TryAdd($"{file}: {output}", 0);
}
