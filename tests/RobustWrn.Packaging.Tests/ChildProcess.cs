using System.Collections;
using System.Diagnostics;

namespace RobustWrn.Packaging.Tests;

/// <summary>What a program printed and how it ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error)
{
    public string Everything => $"exit code {ExitCode}{Environment.NewLine}{Output}{Environment.NewLine}{Error}";
}

/// <summary>Starts <c>dotnet</c> as from a user's terminal: without what the surrounding test run put into the environment.</summary>
internal static class ChildProcess
{
    private static readonly string[] OfTheTestRun = ["MSBUILD", "VSTEST", "TESTINGPLATFORM", "DOTNET_CLI_TEST", "ROBUSTWRN_", "XUNIT"];

    public static async Task<Ended> DotnetAsync(
        string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (OfTheTestRun.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                start.Environment.Remove(name);
        }
        // No build server or node outlives the test, and no other build's node is used.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new Ended(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
