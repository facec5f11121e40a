namespace RobustWrn.Architecture.Tests;

/// <summary>A text that is pinned by a file beside the tests. <c>ROBUSTWRN_ACCEPT_API=1</c> writes the file instead of comparing.</summary>
internal static class Snapshot
{
    public static void Matches(string file, string actual)
    {
        string path = $"tests/RobustWrn.Architecture.Tests/{file}";
        Assert.SkipUnless(SourceTree.Exists("RobustWrn.sln"), "the source tree is not on this machine");
        string[] lines = actual.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        if (Environment.GetEnvironmentVariable("ROBUSTWRN_ACCEPT_API") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(SourceTree.Full(path))!);
            File.WriteAllText(SourceTree.Full(path), string.Join('\n', lines) + "\n");
            return;
        }
        string[] pinned = SourceTree.Exists(path) ? SourceTree.Lines(path) : [];
        string difference = Difference(pinned, lines);
        Assert.True(difference.Length == 0, $"""
            {path} pins something else. When the change is meant, accept it with
              ROBUSTWRN_ACCEPT_API=1 dotnet test -c Release --project tests/RobustWrn.Architecture.Tests
            and commit the file. The difference (- pinned, + now):
            {difference}
            """);
    }

    // By the longest common subsequence: changed lines alone, each under the type it belongs to.
    private static string Difference(string[] before, string[] after)
    {
        int[,] common = new int[before.Length + 1, after.Length + 1];
        for (int i = before.Length - 1; i >= 0; i--)
        {
            for (int j = after.Length - 1; j >= 0; j--)
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }
        List<string> changes = [];
        string type = "", shown = "";
        int a = 0, b = 0;
        while (a < before.Length || b < after.Length)
        {
            if (a < before.Length && b < after.Length && before[a] == after[b])
            {
                type = IsType(after[b]) ? after[b] : type;
                (a, b) = (a + 1, b + 1);
                continue;
            }
            if (type != shown)
                changes.Add("  " + (shown = type));
            changes.Add(b == after.Length || (a < before.Length && common[a + 1, b] >= common[a, b + 1]) ? "- " + before[a++] : "+ " + after[b++]);
        }
        return string.Join(Environment.NewLine, changes);
    }

    private static bool IsType(string line) => line.StartsWith("    public ", StringComparison.Ordinal) && !line.EndsWith(';');
}
