using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Search.Sqlite;

namespace RobustWrn.Benchmarks;

/// <summary><c>stores</c>: what it costs to claim and to tell a trial, and how much room the log takes.</summary>
internal static class StoreTimes
{
    private static readonly WideResNetSpec Spec = WideResNetSpec.Wrn(28, 10);

    public static Command Create()
    {
        Option<int> trials = new("--trials") { Description = "Trials of the study.", DefaultValueFactory = _ => 10_000 };
        Option<int> workers = new("--workers")
        {
            Description = "Threads with a store of their own, where it is shared.",
            DefaultValueFactory = _ => 2,
        };
        Option<string?> folder = new("--folder") { Description = "Where the files are made; a temporary folder by default." };
        Command command = new("stores", "How long stores take to claim and to tell.") { trials, workers, folder };
        command.SetAction(parsed =>
        {
            using TemporaryFolder own = TemporaryFolder.Make();
            string place = parsed.GetValue(folder) ?? own.Path;
            Console.WriteLine($"{"store",-10}{"workers",8}{"trials",8}{"claims/s",10}{"claim p50 ms",14}{"p99 ms",9}"
                + $"{"tell p50 ms",13}{"p99 ms",9}{"MB",8}");
            Row("memory", 1, parsed.GetValue(trials), () => new MemoryStudyStore(), () => 0);
            string directory = Path.Combine(place, "study"), file = Path.Combine(place, "study.db");
            Row("folder", 1, parsed.GetValue(trials), () => new FolderStudyStore(directory),
                () => new DirectoryInfo(directory).GetFiles().Sum(part => part.Length));
            foreach (int count in ((int[])[1, parsed.GetValue(workers)]).Distinct())
            {
                string database = Path.ChangeExtension(file, $"{count}.db");
                Row("sqlite", count, parsed.GetValue(trials), () => new SqliteStudyStore(database), () => new FileInfo(database).Length);
            }
        });
        return command;
    }

    private static void Row(string name, int workers, int trials, Func<IStudyStore> create, Func<long> size)
    {
        StudyHeader header = new() { Space = "{}", SpaceFingerprint = "0", Sampler = "{}", Seed = 0, Width = 8 };
        IStudyStore[] stores = [.. Enumerable.Range(0, workers).Select(_ => create())];
        foreach (IStudyStore store in stores)
            store.Open(header);
        string spec = DescriptionJson.Canonical(Spec), print = DescriptionJson.Fingerprint(spec);
        for (int trial = 0; trial < trials; trial++)
        {
            stores[0].TryAppend(trial, new TrialAsked
            {
                Trial = trial,
                Point = [trial, 1, 2, 3],
                Values = [new DimensionValue("depth", $"{trial}"), new DimensionValue("width", "160")],
                Spec = spec,
                SpecFingerprint = print,
                Identity = $"{trial}",
            });
        }
        double[][] claims = new double[workers][], tells = new double[workers][];
        long start = Stopwatch.GetTimestamp();
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, worker =>
        {
            List<double> claim = [], tell = [];
            string own = WorkerName.Make();
            while (true)
            {
                long before = Stopwatch.GetTimestamp();
                if (stores[worker].Claim(own, null) is not { } claimed)
                    break;
                claim.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
                before = Stopwatch.GetTimestamp();
                stores[worker].Append(
                    new TrialTold { Trial = claimed.Trial, Attempt = claimed.Attempt, Outcome = new TrialOutcome(0.5) });
                tell.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }
            (claims[worker], tells[worker]) = ([.. claim], [.. tell]);
        });
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (IStudyStore store in stores)
            store.Dispose();
        double[] allClaims = [.. claims.SelectMany(times => times).Order()], allTells = [.. tells.SelectMany(times => times).Order()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-10}{workers,8}{trials,8}{allClaims.Length / seconds,10:0}"
            + $"{At(allClaims, 0.5),14:0.00}{At(allClaims, 0.99),9:0.00}{At(allTells, 0.5),13:0.00}{At(allTells, 0.99),9:0.00}{size() / 1e6,8:0.0}"));
    }

    private static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];
}
