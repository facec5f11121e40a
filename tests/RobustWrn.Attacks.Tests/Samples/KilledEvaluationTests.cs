using System.Diagnostics;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>samples/EvaluateModel as a user runs it, killed without warning.</summary>
[Trait("Category", "Slow")]
public sealed class KilledEvaluationTests : IDisposable
{
    private const int Images = 12;

    private readonly string _folder = TestFolder.Make();

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
    /// Killed as soon as it has begun its journal, in the middle and just before the end, each time a drawn moment later, within a line
    /// or between two; each run goes on where the last was killed.
    /// </summary>
    [Fact]
    public async Task EvaluateModel_KilledFromTheFirstLineToTheLast_EndsInTheSameBytes()
    {
        Assert.Equal(0, await RunAsync("whole", null));
        long whole = JournalLength("whole");
        RandomSequence moments = RandomStream.From(2026).For("kill").Sequence();
        List<long> journals = [];
        foreach (double share in (double[])[0, 0.3, 0.6, 0.9])
        {
            long length = Math.Max(1, (long)(share * whole));
            Assert.NotEqual(0, await RunAsync("killed", () => JournalLength("killed") >= length, TimeSpan.FromMilliseconds(20 * moments.NextDouble())));
            journals.Add(JournalLength("killed"));
        }
        Assert.False(File.Exists(In("killed.json")));

        Assert.Equal(0, await RunAsync("killed", null));

        Assert.Equal(File.ReadAllBytes(In("whole.json")), File.ReadAllBytes(In("killed.json")));
        Assert.Equal(File.ReadAllBytes(In("whole.safetensors")), File.ReadAllBytes(In("killed.safetensors")));
        // Not the same moment each time.
        Assert.InRange(journals.Distinct().Count(), 3, journals.Count);
        Assert.All(journals, length => Assert.InRange(length, 1, whole - 1));
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

    /// <summary>Runs or goes on, and kills the process some time after something has happened.</summary>
    private async Task<int> RunAsync(string run, Func<bool>? killOnce, TimeSpan after = default)
    {
        using Process process = Start(run);
        Task<string> text = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (killOnce is not null)
        {
            while (!process.HasExited && !killOnce())
                Thread.Sleep(2);
            Thread.Sleep(after);
            process.Kill(); // SIGKILL: the process learns nothing of it
        }
        await process.WaitForExitAsync();
        Assert.True(killOnce is not null || process.ExitCode == 0, await text + await errors);
        return process.ExitCode;
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
        start.Environment["OMP_WAIT_POLICY"] = "passive"; // or the program starts itself once more, to say so
        return Process.Start(start)!;
    }
}
