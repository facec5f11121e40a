using System.Diagnostics;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Search.Sqlite;

namespace RobustWrn.Tests;

/// <summary>This test program where it is a worker, or a controller that is to be killed.</summary>
internal static class WorkerProgram
{
    // The names of folders tell what a program does before it comes to its experiment.
    public const string Fails = "fails", Returns = "returns";

    private const string ControllerVariable = "ROBUSTWRN_TEST_CONTROLLER";

    public static async Task<int> Main(string[] args)
    {
        if (LocalWorkers.IsWorker)
            return await WorkAsync(System.Text.Json.JsonSerializer.Deserialize<WorkerRole>(
                Environment.GetEnvironmentVariable(WorkerRole.Variable)!)!.Folder);
        if (Environment.GetEnvironmentVariable(ControllerVariable) is { } folder)
            return await WorkAsync(folder);
        return args.Contains("--server") || args.Contains("--internal-msbuild-node")
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
                args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }

    /// <summary>A search with a pruner, in batches of four.</summary>
    public static RobustExperiment Experiment(DatasetSplits images, string folder)
    {
        RobustExperiment experiment = SmallExperiment.On(images);
        SearchSpace<WideResNetSpec> space = new SearchSpace<WideResNetSpec>(SmallExperiment.Baseline).Vary(
            "last stage width", Enumerable.Range(3, 12), (spec, width) => spec.WithStage(^1, stage => stage with { Width = width }));
        return experiment.Searching(space, new GridSampler(), new AsynchronousSuccessiveHalving { Reduction = 2, Halvings = 2 })
            .InBatchesOf(4).Within(Budget.Trials(8)).RecordedIn(folder)
            .SearchingFor(new RobustAccuracy(), new MultiplyAddCount())
            .StoringIn(place => new SqliteStudyStore(place + ".db"))
            .TrainedBy(experiment.Objective, experiment.Recipe with { Epochs = 4 });
    }

    /// <summary>The log of its study.</summary>
    public static string LogText(RobustExperiment experiment)
    {
        using Study<INetworkSpec> study = Study.Open(experiment.Space!, experiment.Sampler!, experiment.Seed,
            experiment.StoreAt(Path.Combine(experiment.Folder!, "study")), ExperimentCheck.StudyOptionsOf(experiment));
        return study.LogText();
    }

    /// <summary>The processes that were workers of a folder, in the order they began.</summary>
    public static int[] Processes(string folder, int worker)
    {
        string log = WorkerPlaces.Log(folder, worker);
        if (!File.Exists(log))
            return [];
        using StreamReader reader = new(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.StartsWith("process ", StringComparison.Ordinal))
            .Select(line => int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))];
    }

    public static void Kill(int number)
    {
        try
        {
            using Process process = Process.GetProcessById(number);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It has ended.
        }
    }

    /// <summary>Starts this program as the controller of two workers.</summary>
    public static Process StartController(string folder)
    {
        string program = Environment.ProcessPath!;
        bool host = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        return Process.Start(new ProcessStartInfo(program, host ? [typeof(WorkerProgram).Assembly.Location] : [])
        {
            Environment = { [ControllerVariable] = folder },
        })!;
    }

    private static async Task<int> WorkAsync(string folder)
    {
        if (Path.GetFileName(folder) == Fails)
            throw new InvalidOperationException("the data are on another disk");
        if (Path.GetFileName(folder) == Returns)
            return 3;
        using DatasetSplits images = SmallExperiment.Images();
        await Experiment(images, folder).RunOn(new LocalWorkers(2, ThreadsEach: 1)).RunAsync();
        return 0;
    }
}
