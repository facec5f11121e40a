using System.Diagnostics;
using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>samples/TrainModel as a process of its own, which is told to stop, or killed.</summary>
[Trait("Category", "Slow")]
public sealed class StoppedTrainModelTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();

    public StoppedTrainModelTests()
    {
        File.WriteAllText(In("tiny.json"), DescriptionJson.Write(WideResNetSpec.Of(2, [1], [3]) with { Stem = new StemSpec { Width = 4 } }));
        TrainingRecipe recipe = new() { Epochs = 6, BatchSize = 16, Average = new WeightAverage() };
        File.WriteAllText(In("plan.json"), DescriptionJson.Write(new TrainingPlan { Objective = new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 2 } }, Recipe = recipe }));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Asked to stop within the second epoch, killed within the fourth, it ends in the same bytes as if it had not been.</summary>
    [Fact]
    public void TrainModel_StoppedAndKilled_EndsInTheSameBytes()
    {
        Assert.Equal(0, Until("whole", null).Code);

        (int code, string errors) = Until("broken", "epoch 1 of ", asked: true);
        (int killed, _) = Until("broken", "epoch 3 of ", asked: false);
        (int ended, _) = Until("broken", null);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Contains(code, (int[])[130, 143]);
            Assert.EndsWith($"Stopped; what is done stands in {In("broken")}, and the same command goes on there.\n", errors, StringComparison.Ordinal);
        }
        Assert.NotEqual(0, killed);
        Assert.Equal(0, ended);
        foreach (string name in (string[])["best", "last", "best-average", "last-average"])
            Assert.Equal(File.ReadAllBytes(In($"whole/{name}.safetensors")), File.ReadAllBytes(In($"broken/{name}.safetensors")));
    }

    /// <summary>Runs or goes on until a line that every epoch ends with, and is asked to end or killed then. Waits on its own thread: a busy thread pool would come too late.</summary>
    private (int Code, string Errors) Until(string run, string? progress, bool asked = false)
    {
        ProcessStartInfo start = new("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "TrainModel.dll"), "--spec", In("tiny.json"), "--recipe", In("plan.json"), "--images", "160", "--seed", "3", "--out", In(run),
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OMP_WAIT_POLICY"] = "passive"; // or the program starts itself once more, to say so
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (progress is not null)
        {
            for (string? line = ""; line is not null && !line.StartsWith(progress, StringComparison.Ordinal);)
                line = process.StandardOutput.ReadLine();
            Assert.False(process.HasExited, $"it had ended before \"{progress}\"");
            if (!asked || OperatingSystem.IsWindows())
                process.Kill(); // there is no such signal there
            else
                RequestToEnd.SendTo(process);
        }
        string rest = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (progress is null)
            Assert.True(process.ExitCode == 0, rest + errors.GetAwaiter().GetResult());
        return (process.ExitCode, errors.GetAwaiter().GetResult());
    }

    private string In(string name) => Path.Combine(_folder, name);
}
