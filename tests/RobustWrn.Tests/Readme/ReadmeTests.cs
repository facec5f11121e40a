using System.Diagnostics;
using System.Reflection;

namespace RobustWrn.Tests;

/// <summary>What the README promises: its code compiles, its first program runs, its paths exist, its lines can be read.</summary>
[Trait("Category", "Slow")]
public class ReadmeTests
{
    private static readonly string Root =
        typeof(ReadmeTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "RepositoryRoot").Value!;

    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Root, "README.md"));

    private static readonly string[] Sources = ["AttackExample", "SearchExample", "WeightsExample", "DeviceExample"];

    [Fact]
    public void CodeOfTheReadme_InOrder_IsTheCodeThatCompiles()
    {
        string[][] blocks = [.. Blocks()];

        Assert.Equal(Sources.Length, blocks.Length);
        for (int i = 0; i < blocks.Length; i++)
            Assert.Equal(Compiled(Sources[i]), blocks[i]);
    }

    [Fact]
    public void FirstExample_Run_EndsInSecondsWithOneLine()
    {
        Stopwatch clock = Stopwatch.StartNew();
        string printed = Printed(AttackExample.Run);

        // Ten seconds on two cores that have nothing else to do; a machine that tests may have much else.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(2));
        Assert.Matches(@"^robust \d.* % \[.*\], clean \d.* % \[.*\] under Linf 4/255 after FGSM, PGD-10;", printed);
        Assert.Single(printed.TrimEnd().Split('\n'));
    }

    [Fact]
    public void DeviceExample_Run_WorksWithAndWithoutAGpu() => Assert.NotNull(Printed(DeviceExample.Run));

    [Fact]
    public void Lines_OfTheReadme_HaveAtMost140Characters() => Assert.All(Lines, line => Assert.InRange(line.Length, 0, 140));

    [Fact]
    public void Paths_OfTheReadme_Exist()
    {
        IEnumerable<string> links = Lines.SelectMany(line => line.Split("](").Skip(1).Select(rest => rest[..rest.IndexOf(')', StringComparison.Ordinal)]));
        IEnumerable<string> samples = Lines.SelectMany(line => line.Split("--project ").Skip(1).Select(rest => rest.Split(' ', '`')[0]));

        Assert.All(links.Where(link => !link.StartsWith("http", StringComparison.Ordinal) && !link.StartsWith('#')).Concat(samples),
            path => Assert.True(Path.Exists(Path.Combine(Root, path.Split('#')[0])), $"there is no {path}"));
        Assert.All(links.Where(link => !link.StartsWith("http", StringComparison.Ordinal)
            && link.Contains(".md#", StringComparison.Ordinal)), link =>
        {
            string[] parts = link.Split('#');
            Assert.Contains(parts[1], File.ReadAllLines(Path.Combine(Root, parts[0])).Where(line => line.StartsWith('#')).Select(Anchor));
        });

        static string Anchor(string heading) => string.Concat(
            heading.TrimStart('#', ' ').ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-'))
                .Replace(' ', '-');
    }

    // What a file of examples has as its usings and as the body of its one method.
    private static string[] Compiled(string source)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Root, $"tests/RobustWrn.Tests/Readme/{source}.cs"));
        int method = Array.FindIndex(lines, line => line.Contains(" Run(", StringComparison.Ordinal) || line.Contains(" RunAsync(", StringComparison.Ordinal));
        IEnumerable<string> body = lines[(method + 2)..^2].Select(line => line.Length > 8 ? line[8..] : "");
        List<string> usings = [.. lines.Where(line => line.StartsWith("using ", StringComparison.Ordinal))];
        // Tests are inside that namespace, and so have it for nothing.
        if (body.Any(line => line.Contains("RobustExperiment", StringComparison.Ordinal)))
            usings.Insert(0, "using RobustWrn;");
        return [.. usings, "", .. body];
    }

    private static IEnumerable<string[]> Blocks()
    {
        for (int i = 0; i < Lines.Length; i++)
        {
            if (Lines[i] == "```csharp")
                yield return [.. Lines.Skip(i + 1).TakeWhile(line => line != "```")];
        }
    }

    private static string Printed(Action run)
    {
        TextWriter before = Console.Out;
        using StringWriter text = new();
        try
        {
            Console.SetOut(text);
            run();
        }
        finally
        {
            Console.SetOut(before);
        }
        return text.ToString();
    }
}
