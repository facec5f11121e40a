using RobustWrn;
using RobustWrn.Samples;
using Spectre.Console;

namespace SearchArchitecture;

/// <summary>The end: the best networks, what to think of them, where they are, and how to attack them harder.</summary>
internal static class Summary
{
    private const int MostShown = 20;

    public static void Print(Setup setup, ExperimentResult result, Standings standings, OutputFolder folder)
    {
        Console.WriteLine();
        NetworkResult[] ranking = [.. result.Ranking.OrderBy(network => !network.OnFront)], shown = [.. ranking.Take(MostShown)];
        string which = shown.Length < ranking.Length ? $"The best {shown.Length} of {ranking.Length} networks" : "The networks";
        string title = $"{which}: those on the Pareto front (*) first, then by robust accuracy on validation";
        if (AnsiConsole.Profile.Out.IsTerminal)
            AnsiConsole.Write(new TrialTable(standings.Shown, tested: true).Of(shown, network => network.OnFront, title));
        else
            Lines(title, shown, standings);
        foreach (NetworkResult failed in result.Networks.Where(network => network.Failure is not null).Take(MostShown))
            Wrapped.WriteLine($"{failed}");
        Console.WriteLine();
        if (ranking.Length > 0 && !ranking.Any(network => network.OnFront))
        {
            Wrapped.WriteLine($"No network is on the front: {(setup.Experiment.Limits.Count == 0 ? "none can be believed" : "none keeps "
                + string.Join(" and ", setup.Experiment.Limits) + ", or can be believed")}.");
        }
        if (standings.Growth is { } growth)
        {
            Wrapped.WriteLine($"Hypervolume of the front: {growth.Values[^1]:0.0000}, from {growth.Values[0]:0.0000} with the first "
                + $"network; measured from {growth.Reference}.");
        }
        Ending.Write(result, folder);
        if (ranking.FirstOrDefault(network => network.Weights is not null) is { } best)
        {
            Console.WriteLine($"The best of them, {NetworkResult.Place(best.Trial)}, is attacked harder by");
            // On one line, however long: it is there to be copied.
            Console.WriteLine($"    dotnet run -c Release --project samples/EvaluateModel -- --weights "
                + $"\"{Path.Combine(folder.Record, best.Weights!)}\" --data \"{setup.Choices.Data}\" --attack autoattack "
                + $"--norm {result.Settings.Threat.Norm} --eps {result.Settings.Threat.Epsilon:R}");
        }
    }

    private static void Lines(string title, NetworkResult[] shown, Standings standings)
    {
        string[] header =
            ["front", "from", "network", .. standings.Shown.Select(Measured.Name), "robust (test)", "clean (test)"];
        string[][] rows =
        [
            header,
            .. shown.Select(network => (string[])
            [
                network.OnFront ? "*" : "", NetworkResult.Place(network.Trial), network.Name,
                .. standings.Shown.Select(objective => Measured.Long(network, objective)), $"{network.TestRobust}", $"{network.TestClean}",
            ]),
        ];
        Console.WriteLine($"{title}, with 95 % intervals");
        Ending.WriteColumns(rows);
    }
}
