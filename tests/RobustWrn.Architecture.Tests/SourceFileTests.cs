using System.Text.RegularExpressions;

namespace RobustWrn.Architecture.Tests;

/// <summary>Rooms, not drawers: one concept a file.</summary>
public sealed partial class SourceFileTests
{
    private static readonly string[] Everything = ["src", "tests", "samples", "benchmarks"];
    private static readonly string[] Drawers = ["Util", "Utils", "Utilities", "Helper", "Helpers", "Manager", "Common", "Misc"];

    [Fact]
    public void Files_Length_IsAtMost400Lines()
    {
        IEnumerable<string> offenders = SourceTree.SourceFiles(Everything)
            .Select(file => (File: file, SourceTree.Lines(file).Length))
            .Where(entry => entry.Length > 400)
            .Select(entry => $"{entry.File}: {entry.Length} lines");
        Libraries.AssertNone(offenders);
    }

    [Fact]
    public void LibraryFiles_MedianLength_IsBelow120Lines()
    {
        int[] lengths = [.. SourceTree.SourceFiles("src").Select(file => SourceTree.Lines(file).Length).Order()];
        Assert.InRange(lengths[lengths.Length / 2], 1, 119);
    }

    [Fact]
    public void Files_WithTypes_AreNamedForOneOfThemAndHoldAtMostTwoPublicOnes()
    {
        IEnumerable<string> offenders = SourceTree.SourceFiles("src").Select(file =>
        {
            (string Name, bool Public)[] types = [.. SourceTree.Lines(file).Select(line => TopLevelType().Match(line)).Where(match => match.Success)
                .Select(match => (match.Groups["name"].Value, match.Groups["access"].Value == "public"))];
            string name = Path.GetFileNameWithoutExtension(file).Split('.')[0];
            return types.Length > 0 && types.All(type => type.Name != name) ? $"{file} holds no type {name}"
                : types.Count(type => type.Public) > 2 ? $"{file} holds {types.Count(type => type.Public)} public types: give each a file"
                : null;
        }).OfType<string>();
        Libraries.AssertNone(offenders);
    }

    [Fact]
    public void Names_OfFilesFoldersAndTypes_AreNoDrawers()
    {
        IEnumerable<string> paths = SourceTree.SourceFiles(Everything)
            .Where(file => file.Split('/', '.').Any(part => Drawers.Any(drawer => part.EndsWith(drawer, StringComparison.Ordinal))));
        IEnumerable<string> types = Libraries.AllTypes().Where(type => Drawers.Any(drawer => type.Name.EndsWith(drawer, StringComparison.Ordinal))).Select(type => type.FullName!);
        Libraries.AssertNone(paths.Concat(types));
    }

    [Fact]
    public void LibraryFiles_BannedApis_AreNotLetThroughBySuppression()
    {
        IEnumerable<string> offenders = SourceTree.SourceFiles("src").Where(file => SourceTree.Lines(file).Any(line => line.Contains("RS0030", StringComparison.Ordinal)));
        Libraries.AssertNone(offenders);
    }

    [Fact]
    public void LibraryFiles_Namespace_IsTheAssemblysAndFileScoped()
    {
        IEnumerable<string> offenders = SourceTree.SourceFiles("src")
            .Where(file => SourceTree.Lines(file).Where(line => line.StartsWith("namespace ", StringComparison.Ordinal)).ToArray() is { Length: > 0 } declared
                && declared.Any(line => line != $"namespace {file.Split('/')[1]};"));
        Libraries.AssertNone(offenders);
    }

    [GeneratedRegex(@"^(?<access>public|internal)( [a-z]+)* (class|record|record struct|struct|interface|enum|delegate [\w<>,\? ]+) (?<name>\w+)")]
    private static partial Regex TopLevelType();
}
