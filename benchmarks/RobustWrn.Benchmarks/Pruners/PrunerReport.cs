using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Benchmarks;

/// <summary>Replays all orders for all pruners and says what came of it.</summary>
internal static class PrunerReport
{
    // Less than what a mean over orders is printed with.
    private const double Noticeable = 0.00005;

    /// <summary>Writes tables and sentences, and returns the numbers.</summary>
    public static JsonObject Of(
        IReadOnlyList<RecordedRun> runs, TrainingLadder ladder, (string Name, IPruner Pruner)[] pruners, int orders, int width, long seed,
        bool exempt, TextWriter output)
    {
        int gaps = runs.Count(run => run.Missing > 0);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Quantity.Of(runs.Count, "run")} of {ladder}, best value {runs.Max(run => run.Best):0.0000}; "
            + $"{Quantity.Of(orders, "random order")} from seed {seed}, batches of {width}"));
        if (gaps > 0)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"({Quantity.Of(gaps, "run")} did not report every epoch; what was reported last counts.)"));
        JsonObject written = [];
        foreach (bool withExempt in exempt ? (bool[])[false, true] : [false])
        {
            output.WriteLine();
            output.WriteLine(withExempt ? "each fourth trial exempt, as studies have it: means over orders (standard errors)"
                : "the pruners alone: means over orders (standard errors)");
            output.WriteLine($"{"pruner",-24}{"used",16}{"regret",18}{"seen regret",18}{"random subset",16}");
            List<string> worse = [];
            PrunerReplay replay = new(runs, ladder, width, withExempt);
            foreach ((string name, IPruner pruner) in pruners)
            {
                ReplayOutcome[] outcomes = Outcomes(replay, pruner, orders, seed);
                (double used, double usedError) = SamplerScore.Of([.. outcomes.Select(outcome => outcome.Used)]);
                (double regret, double error) = SamplerScore.Of([.. outcomes.Select(outcome => outcome.Regret)]);
                (double seen, double seenError) = SamplerScore.Of([.. outcomes.Select(outcome => outcome.SeenRegret)]);
                double subset = outcomes.Average(outcome => outcome.RandomSubset);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-24}{used,8:0.000} ({usedError:0.000}){regret,9:0.0000} ({error:0.0000}){seen,9:0.0000} ({seenError:0.0000})"
                    + $"{subset,16:0.0000}"));
                if (regret > subset + Noticeable)
                    worse.Add(string.Create(CultureInfo.InvariantCulture, $"{name} ({regret:0.0000} for {subset:0.0000})"));
                JsonObject numbers = new()
                {
                    ["used"] = used,
                    ["regret"] = regret,
                    ["randomSubset"] = subset,
                    ["seenRegret"] = seen,
                    ["usedError"] = usedError,
                    ["regretError"] = error,
                    ["seenRegretError"] = seenError,
                };
                if (withExempt)
                    written[name]!.AsObject()["withExempt"] = numbers;
                else
                    written[name] = numbers;
            }
            output.WriteLine(worse.Count == 0
                ? "None loses more than a random subset of whole runs at the same cost."
                : $"Worse than a random subset of whole runs at the same cost: {string.Join(", ", worse)}.");
        }
        output.WriteLine();
        output.WriteLine("regret: the best value of all runs less the best of those that were not pruned. seen regret: the same where the epochs of");
        output.WriteLine("pruned runs before they ended count, too. random subset: as many whole runs as the same epochs pay for, drawn at random.");
        return new JsonObject
        {
            ["runs"] = runs.Count,
            ["epochs"] = ladder.LastStep,
            ["orders"] = orders,
            ["width"] = width,
            ["seed"] = seed,
            ["pruners"] = written,
        };
    }

    private static ReplayOutcome[] Outcomes(PrunerReplay replay, IPruner pruner, int orders, long seed)
    {
        RandomStream stream = RandomStream.From(seed).For("orders of runs"), draws = RandomStream.From(seed).For("pruner");
        ConcurrentDictionary<int, ReplayOutcome> outcomes = new();
        Parallel.For(0, orders, order => outcomes[order] = replay.Of(
            pruner, [.. stream.At(order).Permutation(replay.Runs.Count).Select(run => (int)run)], draws.At(order)));
        return [.. Enumerable.Range(0, orders).Select(order => outcomes[order])];
    }
}
