using System.Text.RegularExpressions;

namespace RobustWrn.Architecture.Tests;

/// <summary>docs/map.md, the house on one page, is kept true.</summary>
public sealed partial class MapTests
{
    [Fact]
    public void Map_EveryFolderOfSrc_IsMentioned() =>
        Libraries.AssertNone(SourceTree.SourceFolders("src").Except(Mentioned()));

    [Fact]
    public void Map_EveryPathItMentions_Exists() =>
        Libraries.AssertNone(Mentioned().Where(path => !SourceTree.Exists(path)));

    /// <summary>The mirror of which the page speaks: whoever looks for the tests of an attack finds them by its name.</summary>
    [Fact]
    public void Attacks_EachFolder_HasTestsInTheFolderOfItsName() => Libraries.AssertNone(SourceTree.SourceFolders("src/RobustWrn.Attacks")
        .Select(folder => folder.Split('/')).Where(parts => parts.Length == 3).Select(parts => $"tests/RobustWrn.Attacks.Tests/{parts[2]}")
        .Where(folder => !SourceTree.SourceFiles(folder).Any(file => file.EndsWith("Tests.cs", StringComparison.Ordinal))));

    private static string[] Mentioned()
    {
        Assert.SkipUnless(SourceTree.Exists("docs/map.md"), "the source tree is not on this machine");
        return [.. SourceTree.Lines("docs/map.md").SelectMany(line => PathInCode().Matches(line)).Select(match => match.Groups["path"].Value.TrimEnd('/'))];
    }

    [GeneratedRegex("`(?<path>(src|tests|samples|benchmarks|build|docs)/[^`]+)`")]
    private static partial Regex PathInCode();
}
