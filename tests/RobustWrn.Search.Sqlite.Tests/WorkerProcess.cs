using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using RobustWrn.Core;

namespace RobustWrn.Search.Sqlite.Tests;

/// <summary>A process that works on a study until it ends or is killed: this test program, started with an environment variable.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const string FileVariable = "ROBUSTWRN_TEST_STUDY_FILE";

    private readonly Process _process;
    private readonly ConcurrentBag<string> _told;

    private WorkerProcess(Process process, ConcurrentBag<string> told)
    {
        (_process, _told) = (process, told);
        process.OutputDataReceived += (_, line) =>
        {
            // A line that was cut off says nothing.
            if (line.Data is not { } text || !text.EndsWith('.'))
                return;
            IsAtWork = true;
            _told.Add(text);
        };
        process.BeginOutputReadLine();
    }

    public static ClaimRules Rules { get; } = new() { Lease = TimeSpan.FromSeconds(2), MaxLosses = 1_000 };

    public const int Trials = 200;

    public static SearchSpace<WideResNetSpec> Space { get; } = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
        .Vary("first", Enumerable.Range(1, 20), (spec, width) => spec.WithStage(0, stage => stage with { Width = 8 * width }))
        .Vary("last", Enumerable.Range(1, 20), (spec, width) => spec.WithStage(^1, stage => stage with { Width = 8 * width }));

    public static Study<WideResNetSpec> Open(IStudyStore store) =>
        Study.Open(Space, new RegularizedEvolution(), seed: 5, store, new StudyOptions { MaxTrials = Trials });

    public static double Judge(Trial<WideResNetSpec> trial) =>
        -Math.Abs(trial.Spec.Stages[0].Width - 80) - Math.Abs(trial.Spec.Stages[^1].Width - 40) / 3.0;

    public static WorkerProcess Start(string file, ConcurrentBag<string> told)
    {
        string program = Environment.ProcessPath!;
        bool host = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        ProcessStartInfo start = new(program, host ? [typeof(WorkerProcess).Assembly.Location] : [])
        {
            RedirectStandardOutput = true,
            Environment = { [FileVariable] = file },
        };
        return new WorkerProcess(Process.Start(start)!, told);
    }

    /// <summary>True from its first result on.</summary>
    public bool IsAtWork { get; private set; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

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
        if (Environment.GetEnvironmentVariable(FileVariable) is { } file)
            Environment.Exit(Work(file));
    }

    // On one thread: others that need this program would wait until it is initialised.
    private static int Work(string file)
    {
        using Study<WideResNetSpec> study = Open(new SqliteStudyStore(file, rules: Rules));
        while (true)
        {
            if (study.Ask() is not { } trial)
            {
                if (!study.IsWaiting)
                    return 0;
                Thread.Sleep(5);
                continue;
            }
            Thread.Sleep(trial.Number % 7 * 2);
            try
            {
                study.Tell(trial, Judge(trial));
            }
            catch (TrialLostException)
            {
                // On a busy machine two seconds of silence can happen to anybody.
                continue;
            }
            Console.Out.WriteLine($"told {trial.Number}.");
            Console.Out.Flush();
        }
    }
}
