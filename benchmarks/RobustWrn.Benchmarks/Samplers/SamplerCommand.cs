using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Benchmarks;

/// <summary><c>samplers</c>: how fast samplers find good points of a table of measured networks, and of functions.</summary>
internal static class SamplerCommand
{
    private static readonly int[] Queries = [50, 100, 150, 200, 300];

    /// <summary>The samplers with their names in files, the slowest last.</summary>
    public static readonly (string Name, ISampler Sampler)[] All =
    [
        ("grid", new GridSampler()), ("random", new RandomSampler()), ("sobol", new SobolSampler()), ("local-search", new LocalSearch()),
        ("regularized-evolution", new RegularizedEvolution()), ("elite-mutation", new EliteMutation()),
        ("nsga-ii", new NonDominatedSortingEvolution()), ("tpe", new TreeParzenEstimator()), ("gaussian-process", new GaussianProcessSampler()),
    ];

    public static Command Create()
    {
        Option<string?> table = new("--table") { Description = "A table of measured networks; without it, functions." };
        Option<string[]> column = new("--column")
        {
            Description = "What is maximised; twice for two objectives.",
            DefaultValueFactory = _ => ["pgd_1"],
        };
        Option<int> seeds = new("--seeds") { Description = "Runs of each sampler.", DefaultValueFactory = _ => 200 };
        Option<int> slow = new("--slow-seeds")
        {
            Description = "Runs of the Gaussian process, at most.",
            DefaultValueFactory = _ => int.MaxValue,
        };
        Option<int> width = new("--width") { Description = "Trials at once.", DefaultValueFactory = _ => 1 };
        Option<bool> ignore = new("--ignore-canonical") { Description = "Equal networks pass for different ones." };
        Option<string[]> only = new("--only") { Description = "These samplers alone.", AllowMultipleArgumentsPerToken = true };
        Option<string?> json = new("--json") { Description = "A file for the numbers." };
        Command command = new("samplers", "How fast samplers find good networks.") { table, column, seeds, slow, width, ignore, only, json };
        command.SetAction(parsed =>
        {
            string[] names = parsed.GetValue(only) ?? [];
            (string Name, ISampler Sampler)[] samplers = [.. All.Where(entry => names.Length == 0 || names.Contains(entry.Name))];
            if (parsed.GetValue(table) is { } file)
            {
                SamplerProblem problem = TableProblem.Read(file, parsed.GetValue(column)!, parsed.GetValue(ignore));
                OnTable(problem, samplers, Runs, parsed.GetValue(width), parsed.GetValue(json));
            }
            else
            {
                OnFunctions(samplers, Runs, parsed.GetValue(width));
            }

            int Runs(ISampler sampler) =>
                sampler is GaussianProcessSampler ? Math.Min(parsed.GetValue(seeds), parsed.GetValue(slow)) : parsed.GetValue(seeds);
        });
        return command;
    }

    private static void OnTable(
        SamplerProblem problem, (string Name, ISampler Sampler)[] samplers, Func<ISampler, int> runs, int width, string? json)
    {
        bool area = problem.Values(problem.Space.Grid().First(problem.Space.Keeps)).Count == 2;
        string best = area ? "dominated area over (0, 0)" : "best";
        Console.WriteLine($"{problem.Name}, {width} at once: mean of the {best} after so many queries "
            + "(standard error in its last digits)");
        Console.WriteLine($"{"sampler",-24}{"seeds",6}{string.Concat(Queries.Select(query => $"{query,13}"))}{"ms a query",13}");
        JsonObject written = [];
        foreach ((string name, ISampler sampler) in samplers)
        {
            long start = Stopwatch.GetTimestamp();
            IReadOnlyList<ValueList<double>>[] found = Runs(problem, sampler, runs(sampler), Queries[^1], width);
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds / found.Sum(run => run.Count);
            JsonObject numbers = [];
            string line = $"{name,-24}{found.Length,6}";
            foreach (int query in Queries)
            {
                (double mean, double error) = SamplerScore.Of([.. found.Select(run =>
                    area ? SamplerScore.Area(run.Take(query), 0, 0) : SamplerScore.Best(run, query))]);
                numbers[query.ToString(CultureInfo.InvariantCulture)] = new JsonObject { ["mean"] = mean, ["error"] = error };
                line += string.Create(CultureInfo.InvariantCulture, $"{mean,8:0.0000} ({error * 10_000,2:0})");
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line}{milliseconds,13:0.0}"));
            written[name] = numbers;
        }
        if (json is not null)
        {
            JsonObject document = new() { ["samplers"] = written };
            File.WriteAllText(json, document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        }
    }

    private static void OnFunctions((string Name, ISampler Sampler)[] samplers, Func<ISampler, int> runs, int width)
    {
        const int queries = 150;
        SamplerProblem[] problems =
            [FunctionProblem.Branin, FunctionProblem.Hartmann, FunctionProblem.Zdt1, FunctionProblem.Zdt2, FunctionProblem.Dtlz2];
        foreach (SamplerProblem problem in problems)
        {
            Console.WriteLine($"{problem.Name} after {queries} queries: mean (standard error); p of a rank test against those before");
            List<(string Name, double[] Scores)> before = [];
            foreach ((string name, ISampler sampler) in samplers)
            {
                double[] scores = [.. Runs(problem, sampler, runs(sampler), queries, width).Select(run =>
                    run[0].Count == 1
                        ? SamplerScore.Best(run, queries)
                        : SamplerScore.Area(run, -1.1, problem == FunctionProblem.Dtlz2 ? -1.1 : -10))];
                (double mean, double error) = SamplerScore.Of(scores);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-24}{scores.Length,4}{mean,10:0.0000} ({error:0.0000})  ")
                    + string.Join(", ", before.Select(other => string.Create(CultureInfo.InvariantCulture, $"{other.Name} {SamplerScore.RankTest(scores, other.Scores):0.0000}"))));
                before.Add((name, scores));
            }
        }
    }

    private static IReadOnlyList<ValueList<double>>[] Runs(SamplerProblem problem, ISampler sampler, int seeds, int queries, int width)
    {
        ConcurrentDictionary<int, IReadOnlyList<ValueList<double>>> found = new();
        Parallel.For(0, seeds, seed => found[seed] = SamplerRun.Of(problem, sampler, seed, queries, width));
        return [.. Enumerable.Range(0, seeds).Select(seed => found[seed])];
    }
}
