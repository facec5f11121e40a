using System.Text.RegularExpressions;

namespace RobustWrn.Architecture.Tests;

/// <summary>CONTRIBUTING says how long the tests take, and which of them are quick; its commands find what they name.</summary>
public sealed partial class ContributingTests
{
    private const string Page = "CONTRIBUTING.md";

    /// <summary>A filter for a category that no test has runs all tests, or none.</summary>
    [Fact]
    public void Contributing_EveryCategoryItFiltersBy_IsThatOfATest()
    {
        string[] named = [.. Lines().SelectMany(line => Filter().Matches(line)).Select(match => match.Groups["name"].Value).Distinct()];
        string[] known = [.. SourceTree.SourceFiles("tests").SelectMany(SourceTree.Lines).SelectMany(line => Category().Matches(line))
            .Select(match => match.Groups["name"].Value).Distinct()];

        Assert.Contains("Slow", named);
        Libraries.AssertNone(named.Except(known));
    }

    [Fact]
    public void Contributing_WholeSuiteAndQuickSubset_HaveAStatedDuration()
    {
        string text = string.Join(' ', Lines());
        int quick = text.IndexOf("--filter-not-trait", StringComparison.Ordinal);

        Assert.InRange(quick, 1, text.Length);
        Assert.InRange(Duration().Count(text[..quick]), 2, int.MaxValue);
    }

    private static string[] Lines()
    {
        Assert.SkipUnless(SourceTree.Exists(Page), "the source tree is not on this machine");
        return [.. SourceTree.Lines(Page)];
    }

    [GeneratedRegex("--filter-(not-)?trait \"Category=(?<name>[^\"]+)\"")]
    private static partial Regex Filter();

    [GeneratedRegex("Trait\\(\"Category\", \"(?<name>[^\"]+)\"\\)|Category = \"(?<name>[^\"]+)\"")]
    private static partial Regex Category();

    [GeneratedRegex("(takes|in) (about |under |less than )?[a-z0-9]+ (minute|second)s?")]
    private static partial Regex Duration();
}
