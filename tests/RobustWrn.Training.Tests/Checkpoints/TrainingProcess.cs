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

    public static TrainingProcess Start(string folder, Combination combination)
    {
        string program = Environment.ProcessPath!;
        bool host = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        ProcessStartInfo start = new(program, host ? [typeof(TrainingProcess).Assembly.Location] : [])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { [FolderVariable] = folder, [CombinationVariable] = combination.ToString() },
        };
        return new TrainingProcess(Process.Start(start)!);
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
        combination.Fit(classifier, folder, 1, _ =>
        {
            Console.Out.WriteLine($"reading {++reads}");
            Console.Out.Flush();
            // The parent is gone when its end of the pipe is closed.
            if (Console.In.ReadLine() is null)
                Environment.Exit(1);
        });
        Environment.Exit(0);
    }
}
