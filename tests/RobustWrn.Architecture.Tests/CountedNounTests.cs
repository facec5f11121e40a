using System.Text.RegularExpressions;

namespace RobustWrn.Architecture.Tests;

/// <summary>"1 epochs", "all 1 trials": a count that may be one stands before its noun through Quantity.Of.</summary>
public sealed partial class CountedNounTests
{
    private static readonly string[] Rooms =
        ["src/RobustWrn.Core/", "src/RobustWrn.Training/", "src/RobustWrn.Search/", "src/RobustWrn/"];

    // The environment of a checkpoint is compared with that of earlier ones, whose text had it so.
    private static readonly string[] Stored = ["{runtime.Threads} threads"];

    [Fact]
    public void Messages_CountsBeforeNouns_GoThroughQuantity()
    {
        IEnumerable<string> offenders = SourceTree.SourceFiles("src")
            .Where(file => Rooms.Any(room => file.Contains(room, StringComparison.Ordinal)))
            .SelectMany(file => SourceTree.Lines(file)
                .Where(line => !line.Contains("LoggerMessage", StringComparison.Ordinal) && !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
                .SelectMany(line => Faults(line))
                .Select(fault => $"{file}: {fault}"));

        Libraries.AssertNone(offenders);
    }

    [Theory]
    [InlineData("$\"all {trials} trials have been asked\"", true)]
    [InlineData("$\"for each of {Stages.Count} stages\"", true)]
    [InlineData("$\"{images.shape[0]} images\"", true)]
    [InlineData("$\"{Quantity.Of(trials, \"trial\")} have been asked\"", false)]
    [InlineData("$\"at most {MostEntries} entries\"", false)]
    [InlineData("$\"{points:0.0} points\"", false)]
    public void Faults_OfALine_AreCountsThatMayBeOne(string line, bool faulty) => Assert.Equal(faulty, Faults(line).Any());

    private static IEnumerable<string> Faults(string line) => CountedNoun().Matches(line)
        .Where(match => !Bound().IsMatch(match.Groups["count"].Value) && !Stored.Contains(match.Value))
        .Select(match => match.Value);

    [GeneratedRegex("""
        \{(?<count>[^{}":()\s][^{}":()]*)\}\ (images|steps|trials|epochs|stages|problems|networks|layers|parameters|replicates|baselines|dimensions|values|points|files|entries|elements|checkpoints|threads)\b
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CountedNoun();

    // Limits are never one, and "height x width images" counts no images.
    [GeneratedRegex(@"(^|\.)(Most|Longest|Max|Least|Enumeration|Largest|Smallest|Width)|^most$")]
    private static partial Regex Bound();
}
