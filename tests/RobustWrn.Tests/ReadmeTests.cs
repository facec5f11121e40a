using System.Reflection;

namespace RobustWrn.Tests;

public class ReadmeTests
{
    private static readonly string Root =
        typeof(ReadmeTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "RepositoryRoot").Value!;

    [Fact]
    public void Example_InTheReadme_IsTheOneThatCompiles()
    {
        string[] source = File.ReadAllLines(Path.Combine(Root, "tests/RobustWrn.Tests/ReadmeExample.cs"));
        int method = Array.FindIndex(source, line => line.Contains("Task RunAsync()", StringComparison.Ordinal));
        IEnumerable<string> body = source[(method + 2)..^2].Select(line => line.Length > 8 ? line[8..] : "");
        string[] usings = [.. source.Where(line => line.StartsWith("using ", StringComparison.Ordinal)), "using RobustWrn;"];

        string[] readme = File.ReadAllLines(Path.Combine(Root, "README.md"));
        int fence = Array.IndexOf(readme, "```csharp");
        string[] example = [.. readme.Skip(fence + 1).TakeWhile(line => line != "```")];

        Assert.Equal(body, example.SkipWhile(line => line.StartsWith("using RobustWrn", StringComparison.Ordinal) || line.Length == 0));
        Assert.Equal(usings.Order(), example.TakeWhile(line => line.StartsWith("using RobustWrn", StringComparison.Ordinal)).Order());
    }
}
