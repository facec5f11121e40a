using System.Diagnostics;

namespace RobustWrn.Testing;

/// <summary>This test program as a process of its own.</summary>
internal static class TestProgram
{
    private static readonly string[] OfTheTestRun = ["TESTINGPLATFORM", "DOTNET_CLI_TEST", "XUNIT", "VSTEST", "MSBUILD"];

    /// <summary>
    /// Starts it with the arguments of its own command line, without what the surrounding test run put into the environment.
    /// </summary>
    public static Process Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        string program = Environment.ProcessPath!;
        bool host = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        ProcessStartInfo start = new(program, [.. host ? [typeof(TestProgram).Assembly.Location] : Array.Empty<string>(), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>())
        {
            if (OfTheTestRun.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                start.Environment.Remove(name);
        }
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Waits for its end, at most for a time, after which it is killed.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> EndAsync(Process process, TimeSpan limit)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(limit);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            throw new TimeoutException($"The process had not ended after {limit}:{Environment.NewLine}{await output}{await errors}");
        }
        return await output + await errors;
    }
}
