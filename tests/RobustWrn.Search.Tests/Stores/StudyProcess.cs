using System.Diagnostics;
using System.Runtime.CompilerServices;
using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>A second process that runs a study step by step and can be killed between any two steps: this test program, started with an environment variable.</summary>
internal sealed class StudyProcess : IDisposable
{
    private const string FolderVariable = "ROBUSTWRN_TEST_STUDY_FOLDER";
    private readonly Process _process;
    private bool _waits;

    private StudyProcess(Process process) => _process = process;

    public static Study<WideResNetSpec> Open(string folder) =>
        Study.Open(Spaces.Widths([.. Enumerable.Range(1, 12)]), new RandomSampler(), seed: 5, new FolderStudyStore(folder),
            new StudyOptions { MaxTrials = 6 });

    public static TrialOutcome Judge(Trial<WideResNetSpec> trial) => new(new Proportion(trial.Spec.Stages[^1].Width * 7 % 12, 12));

    public static StudyProcess Start(string folder)
    {
        string program = Environment.ProcessPath!;
        bool host = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        ProcessStartInfo start = new(program, host ? [typeof(StudyProcess).Assembly.Location] : [])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { [FolderVariable] = folder },
        };
        return new StudyProcess(Process.Start(start)!);
    }

    /// <summary>Lets it go on to its next step, where it waits: <c>asked 0</c>, <c>told 0</c>, <c>asked 1</c>, ...</summary>
    public string Step()
    {
        if (_waits)
            _process.StandardInput.WriteLine();
        _waits = true;
        return _process.StandardOutput.ReadLine() ?? "ended";
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    [ModuleInitializer]
    internal static void RunWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { } folder)
            return;
        using Study<WideResNetSpec> study = Open(folder);
        while (study.Ask() is { } trial)
        {
            Report($"asked {trial.Number}");
            study.Tell(trial, Judge(trial));
            Report($"told {trial.Number}");
        }
        Environment.Exit(0);
    }

    private static void Report(string step)
    {
        Console.Out.WriteLine(step);
        Console.Out.Flush();
        // The parent is gone when its end of the pipe is closed.
        if (Console.In.ReadLine() is null)
            Environment.Exit(1);
    }
}
