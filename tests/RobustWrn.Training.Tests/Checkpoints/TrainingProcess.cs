using System.Diagnostics;
using System.Runtime.CompilerServices;
using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>A second process that trains and waits before each reading of images, where it can be killed: this test program, started with environment variables.</summary>
internal sealed class TrainingProcess : IDisposable
{
    private const string FolderVariable = "ROBUSTWRN_TEST_TRAINING_FOLDER", CombinationVariable = "ROBUSTWRN_TEST_TRAINING_COMBINATION";
    private readonly Process _process;

    private TrainingProcess(Process process) => _process = process;

    public static TrainingProcess Start(string folder, Combination combination) => Start(folder, combination, []);

    /// <summary>Starts it where no file may grow beyond some kibibytes, as on a disk that is nearly full. For systems with a shell.</summary>
    public static TrainingProcess StartOnAFullDisk(string folder, Combination combination, int kibibytes) =>
        Start(folder, combination, ["bash", "-c", $"trap '' XFSZ; ulimit -f {kibibytes}; exec \"$0\" \"$@\""]);

    private static TrainingProcess Start(string folder, Combination combination, string[] shell)
    {
        string program = Environment.ProcessPath!;
        bool host = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        string[] command = [.. shell, program, .. host ? [typeof(TrainingProcess).Assembly.Location] : Array.Empty<string>()];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            // The runtime maps its code from a file that would be too large.
            Environment = { [FolderVariable] = folder, [CombinationVariable] = combination.ToString(), ["DOTNET_EnableWriteXorExecute"] = "0" },
        };
        return new TrainingProcess(Process.Start(start)!);
    }

    /// <summary>Lets it go on to its end.</summary>
    /// <returns>What it says last.</returns>
    public string RunToTheEnd()
    {
        for (int i = 0; i < 100; i++)
            _process.StandardInput.WriteLine();
        _process.StandardInput.Flush();
        string last = "";
        while (_process.StandardOutput.ReadLine() is { } line)
            last = line;
        _process.WaitForExit();
        return last;
    }

    /// <summary>Lets it go on until it is about to read for the given time, counted from 1, and kills it there.</summary>
    public void KillBeforeReading(int number)
    {
        for (int i = 1; i <= number; i++)
        {
            string? line = _process.StandardOutput.ReadLine();
            Assert.Equal($"reading {i}", line);
            if (i < number)
                _process.StandardInput.WriteLine();
        }
        _process.Kill(); // SIGKILL where there are signals
        _process.WaitForExit();
    }

    /// <summary>Lets it go on freely until it has written a checkpoint more, and kills it some time after.</summary>
    public void KillAfterWriting(ScratchFolder folder, TimeSpan time)
    {
        string[] before = Whole();
        for (int i = 0; i < 100; i++)
            _process.StandardInput.WriteLine();
        _process.StandardInput.Flush();
        while (!_process.HasExited && Whole().SequenceEqual(before))
            Thread.Sleep(1);
        Thread.Sleep(time);
        _process.Kill();
        _process.WaitForExit();

        string[] Whole() => [.. folder.Files.Where(file => file.StartsWith("checkpoint-", StringComparison.Ordinal))];
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [ModuleInitializer]
    internal static void RunWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { } folder)
            return;
        TorchSharp.torch.set_num_threads(1);
        Combination combination = Combination.All().Single(candidate => candidate.ToString() == Environment.GetEnvironmentVariable(CombinationVariable));
        using Classifier classifier = Combination.Build();
        int reads = 0;
        try
        {
            combination.Fit(classifier, folder, 1, _ =>
            {
                Console.Out.WriteLine($"reading {++reads}");
                Console.Out.Flush();
                // The parent is gone when its end of the pipe is closed.
                if (Console.In.ReadLine() is null)
                    Environment.Exit(1);
            });
        }
        catch (CheckpointNotWrittenException e)
        {
            Console.Out.WriteLine(e.Message);
        }
        Environment.Exit(0);
    }
}
