using System.CommandLine;
using RobustWrn.Core;

namespace RobustWrn.Samples;

/// <summary>Command lines, read and refused alike by all of these programs.</summary>
internal static class CommandLine
{
    /// <summary>The work failed, as for a disk that is full.</summary>
    public const int Failed = 1;

    /// <summary>Something in the command line, or in a file that it names, is wrong.</summary>
    public const int BadArguments = 2;

    private const int LongestQuote = 100;

    /// <summary>Runs a command, or says what its options do not allow.</summary>
    /// <param name="command">The command.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="output">Where help goes.</param>
    /// <param name="error">Where errors go.</param>
    /// <param name="run">The program.</param>
    /// <param name="cancellationToken">Asks it to stop.</param>
    public static async Task<int> RunAsync(
        RootCommand command, string[] args, TextWriter output, TextWriter error, Func<ParseResult, CancellationToken, Task<int>> run,
        CancellationToken cancellationToken)
    {
        int code = 0;
        // On a thread of its own from start to end: work that never waits would hold up whoever asks it to stop.
        command.SetAction((parsed, token) => Task.Run(async () => code = await run(parsed, token), CancellationToken.None));
        ParseResult result = command.Parse(args);
        if (result.Errors.Count > 0)
            return Refuse(error, [.. result.Errors.Select(item => item.Message).Distinct(), "See --help."]);
        InvocationConfiguration streams = new() { Output = output, Error = error, ProcessTerminationTimeout = null };
        int invoked = await result.InvokeAsync(streams, cancellationToken);
        // What is thrown past the action is told by the other.
        return code != 0 ? code : invoked;
    }

    /// <summary>Says what is wrong.</summary>
    public static int Refuse(TextWriter error, IReadOnlyList<string> problems)
    {
        foreach (string problem in problems)
            error.WriteLine(problem);
        return BadArguments;
    }

    /// <summary>A problem under the name of its option: <c>--out must name a file, but it is empty.</c></summary>
    public static string Text(Problem problem) => $"{problem.Subject} {problem.Message}";

    /// <summary>What was given, on one line of bounded length.</summary>
    public static string Shown(string text)
    {
        IEnumerable<char> letters = text.Take(LongestQuote).Select(letter => char.IsControl(letter) ? ' ' : letter);
        string line = text.Length == 0 ? "nothing" : new([.. letters]);
        return text.Length > LongestQuote ? line + "..." : line;
    }
}
