using System.Diagnostics;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>samples/EvaluateModel as a user runs it, killed without warning.</summary>
[Trait("Category", "Slow")]
public sealed class KilledEvaluationTests : IDisposable
{
    private const int Images = 24, Kills = 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("killed-evaluation").FullName;

    public KilledEvaluationTests()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        using Classifier network = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 8]).Build(1);
        network.eval();
        Tensor pixels = RandomStream.From(8).Uniform([.. Enumerable.Range(0, Images).Select(i => (long)i)], [3, 32, 32], ScalarType.Float32).Times(255).round().to(ScalarType.Byte);
        // What the network sees in them, so that there is something to attack.
        Tensor labels = network.call(pixels.to(ScalarType.Float32).Over(255)).argmax(1).to(ScalarType.Byte);
        File.WriteAllBytes(In("test_batch.bin"), cat([labels.unsqueeze(1), pixels.flatten(1)], 1).contiguous().data<byte>().ToArray());
        NetworkWeights.Save(network, In("weights.safetensors"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>
    /// Ten kills at moments drawn over the time that a whole run takes, each run going on where the last was killed. One that ends before its moment must have written the same bytes, and the next
    /// begins anew.
    /// </summary>
    [Fact]
    public async Task EvaluateModel_KilledAtTenRandomMoments_EndsInTheSameBytes()
    {
        Stopwatch clock = Stopwatch.StartNew();
        Assert.Equal(0, await RunAsync("whole", null));
        TimeSpan whole = clock.Elapsed;
        byte[] result = File.ReadAllBytes(In("whole.json")), images = File.ReadAllBytes(In("whole.safetensors"));
        Assert.NotEmpty(images);

        RandomSequence moments = RandomStream.From(2026).For("kill").Sequence();
        List<long> journals = [];
        int rounds = 0;
        for (int kills = 0; kills < Kills;)
        {
            string round = $"round-{rounds}";
            if (await RunAsync(round, whole * moments.NextDouble()) != 0)
            {
                kills++;
                journals.Add(JournalLength(round));
                continue;
            }
            AssertSame(round);
            rounds++;
        }
        Assert.Equal(0, await RunAsync($"round-{rounds}", null));
        AssertSame($"round-{rounds}");
        // Moments in the middle of the work, and not the same one each time.
        Assert.InRange(journals.Where(length => length > 0).Distinct().Count(), 3, Kills);

        void AssertSame(string round)
        {
            Assert.Equal(result, File.ReadAllBytes(In($"{round}.json")));
            Assert.Equal(images, File.ReadAllBytes(In($"{round}.safetensors")));
        }
    }

    [Fact]
    public async Task EvaluateModel_InterruptedFromTheKeyboard_SaysWhereItGoesOn()
    {
        using Process process = Start("stopped", steps: 300);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        // The first line of progress: it attacks.
        for (string? line = ""; line is not null && !line.Contains("(1 of 4)", StringComparison.Ordinal);)
            line = await process.StandardOutput.ReadLineAsync();
        Task<string> rest = process.StandardOutput.ReadToEndAsync();
        if (OperatingSystem.IsWindows())
            process.Kill(); // there is no such signal there
        else
            RequestToEnd.SendTo(process);
        await process.WaitForExitAsync();
        await rest;

        if (!OperatingSystem.IsWindows())
        {
            Assert.Contains(process.ExitCode, (int[])[130, 143]);
            Assert.EndsWith($"Stopped; what is done stands in {In("stopped-journal")}, and the same command goes on there.\n", await errors, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(In("stopped.json")));
    }

    private string In(string name) => Path.Combine(_folder, name);

    private long JournalLength(string run) => File.Exists(In($"{run}-journal/journal.jsonl")) ? new FileInfo(In($"{run}-journal/journal.jsonl")).Length : 0;

    /// <summary>Runs or goes on, and kills the process at the moment given, unless it has ended by then.</summary>
    private async Task<int> RunAsync(string run, TimeSpan? killAfter)
    {
        using Process process = Start(run);
        Task<string> text = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource moment = new();
        if (killAfter is { } time)
            moment.CancelAfter(time);
        try
        {
            await process.WaitForExitAsync(moment.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(); // SIGKILL: the process learns nothing of it
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
        Assert.True(process.ExitCode == 0, await text + await errors);
        return 0;
    }

    private Process Start(string run, int steps = 3)
    {
        ProcessStartInfo start = new("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "EvaluateModel.dll"), "--weights", In("weights.safetensors"), "--data", _folder,
            "--attack", "apgd-ce,apgd-t,fab-t,noise", "--steps", $"{steps}", "--eps", "0.002", "--batch", "3", "--seed", "7",
            "--journal", In($"{run}-journal"), "--out", In($"{run}.json"), "--save-adversarial", In($"{run}.safetensors"),
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }
}
