using System.Diagnostics;
using System.Text.Json.Nodes;

namespace RobustWrn.Tests;

/// <summary>The sample as a user runs it, killed without warning.</summary>
[Trait("Category", "Slow")]
public class KilledQuickStartTests
{
    [Fact]
    public async Task QuickStart_KilledAtThreePoints_EndsInTheSameResult()
    {
        using TestFolder folder = new();
        string whole = folder.In("whole"), killed = folder.In("killed");
        Assert.Equal(0, await RunAsync(whole, killWhen: null));

        // In the first training, in the search, and in the final evaluation, which begins when the third network is trained.
        await RunAsync(killed, () => Count(killed, "*.safetensors") >= 1);
        await RunAsync(killed, () => Count(killed, "trained.json") >= 2);
        await RunAsync(killed, () => Count(killed, "trained.json") >= 3);
        Assert.False(File.Exists(Path.Combine(killed, "result.json")), "the run was to be killed before its end");
        Assert.Equal(0, await RunAsync(killed, killWhen: null));

        Assert.Equal(WithoutTimes(whole), WithoutTimes(killed));
        Assert.Empty(Directory.GetFiles(killed, ".*.tmp", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }));
    }

    private static async Task<int> RunAsync(string output, Func<bool>? killWhen)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "QuickStart.dll"), "--images", "40", "--epochs", "2", "--trials", "2", "--seed", "9", "--out", output])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OMP_WAIT_POLICY"] = "passive"; // or the program starts itself once more, to say so
        using Process process = Process.Start(start)!;
        Task<string> text = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (killWhen is not null)
        {
            while (!process.HasExited && !killWhen())
                Thread.Sleep(2); // on this thread: a busy thread pool would come too late
            process.Kill();
        }
        await process.WaitForExitAsync();
        if (killWhen is null)
            Assert.True(process.ExitCode == 0, await text + await errors);
        return process.ExitCode;
    }

    private static int Count(string folder, string pattern) => Directory.Exists(folder) ? Directory.GetFiles(folder, pattern, SearchOption.AllDirectories).Length : 0;

    private static string WithoutTimes(string folder)
    {
        JsonObject result = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "result.json")))!.AsObject();
        Assert.True(result.Remove("timing"));
        return result.ToJsonString();
    }
}
