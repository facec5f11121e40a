using System.Reflection;

namespace RobustWrn.Packaging.Tests;

/// <summary>Where the tests were built, as MSBuild knew it.</summary>
internal static class Repository
{
    public static string Root { get; } = Value("RepositoryRoot");

    public static string Configuration { get; } = Value("Configuration");

    public static string PackageFolder { get; } = Value("PackageFolder");

    public static string TorchBackend { get; } = Value("TorchBackend");

    public static string TorchCpuRuntime { get; } = Value("TorchCpuRuntime");

    /// <summary>The libraries, one package each.</summary>
    public static IEnumerable<string> Libraries { get; } =
        [.. Directory.GetDirectories(Path.Combine(Root, "src")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    public static string ProjectOf(string library) => Path.Combine(Root, "src", library, library + ".csproj");

    private static string Value(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
