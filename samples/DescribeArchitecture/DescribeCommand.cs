using System.CommandLine;
using RobustWrn.Core;
using RobustWrn.Samples;

namespace DescribeArchitecture;

/// <summary>The program: reads the command line, checks all of it, describes.</summary>
public static class DescribeCommand
{
    /// <summary>Something in the command line, or in a file it names, is wrong.</summary>
    public const int BadArguments = CommandLine.BadArguments;

    private static readonly Argument<string?> Network = new("network") { Description = NamedNetwork.Ways, Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Stem = new("--stem") { Description = "instead of a preset or file: channels of the stem" };
    private static readonly Option<string?> Depths = new("--depths") { Description = "with --stem: blocks of each stage, such as 5,5,2" };
    private static readonly Option<string?> Channels = new("--channels") { Description = "with --stem: channels of each stage, such as 160,320,640" };
    private static readonly Option<string?> Strides = new("--strides") { Description = "with --stem: step of each stage (default: 1,2,2,...)" };
    private static readonly Option<string?> Block = new("--block") { Description = "with --stem: the kind of block (default: basic)" };
    private static readonly Option<string> Input = new("--input") { Description = "rows and columns of an image", DefaultValueFactory = _ => "32" };
    private static readonly Option<string?> Classes = new("--classes") { Description = "how many classes (default: those of the preset or file, 10 with --stem)" };
    private static readonly Option<string[]> Compare = new("--compare") { Description = "networks to compare with, named in the same ways", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
    private static readonly Option<bool> Json = new("--json") { Description = "print one JSON object instead of the table" };
    private static readonly Option<string?> Svg = new("--svg") { Description = "where a drawing goes" };

    /// <summary>Runs the program.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        RootCommand command = new("Says what a network is made of and what it costs, exactly and before it is built.")
        {
            Network, Stem, Depths, Channels, Strides, Block, Input, Classes, Compare, Json, Svg,
        };
        return await CommandLine.RunAsync(command, args, output, error, (parsed, _) => Task.FromResult(Describe(parsed, output, error)), cancellationToken);
    }

    private static int Describe(ParseResult parsed, TextWriter output, TextWriter error)
    {
        NetworkChoice choice = new(parsed.GetValue(Network), parsed.GetValue(Stem), parsed.GetValue(Depths), parsed.GetValue(Channels), parsed.GetValue(Strides), parsed.GetValue(Block));
        List<string> problems = [];
        int? size = Numbers.One(parsed.GetValue(Input), "--input", "32", problems), classes = Numbers.One(parsed.GetValue(Classes), "--classes", "10", problems);
        string? place = parsed.GetValue(Svg);
        if (place is not null)
            problems.AddRange(OutputPlace.OfFile(place, "--svg").Select(CommandLine.Text));
        NetworkDescription?[] described =
        [
            choice.Describe(size, classes, problems),
            .. parsed.GetValue(Compare)!.Select(name => new NetworkChoice(name).Describe(size, classes, problems)),
        ];
        if (problems.Count > 0)
            return CommandLine.Refuse(error, [.. problems.Distinct()]);
        NetworkDescription network = described[0]!;
        NetworkDescription[] others = [.. described.Skip(1).OfType<NetworkDescription>()];
        try
        {
            if (place is not null)
                AtomicFile.WriteText(place, new NetworkDiagram(network).ToSvg());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return CommandLine.Refuse(error, [$"--svg: {e.Message}"]);
        }
        if (parsed.GetValue(Json))
            output.WriteLine(DescriptionDocument.Of(network, others));
        else
            TableView.Print(output, network, others);
        return 0;
    }
}
