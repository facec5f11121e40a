using System.Text.RegularExpressions;

namespace RobustWrn.Architecture.Tests;

/// <summary>One place makes temporary folders: it knows which of them killed processes left.</summary>
public sealed partial class TemporaryPlaceTests
{
    private static readonly string[] Allowed = ["src/RobustWrn.Core/Files/TemporaryFolder.cs",
        "tests/RobustWrn.Architecture.Tests/TemporaryPlaceTests.cs"];

    [Fact]
    public void Sources_TemporaryFilesAndFolders_AreMadeByTemporaryFolderAlone() => Libraries.AssertNone(
        SourceTree.SourceFiles("src", "samples", "tests", "benchmarks").Except(Allowed)
            .Where(file => SourceTree.Lines(file).Any(line => SystemsTemporary().IsMatch(line))));

    [GeneratedRegex(@"\b(GetTempPath|GetTempFileName|CreateTempSubdirectory)\b")]
    private static partial Regex SystemsTemporary();
}
