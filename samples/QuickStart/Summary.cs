using System.Globalization;
using RobustWrn;
using RobustWrn.Samples;
using Spectre.Console;

namespace QuickStart;

/// <summary>The ranking at the end.</summary>
internal static class Summary
{
    public static void Print(ExperimentResult result, OutputFolder folder, bool synthetic)
    {
        const string Title = "Ranking by robust accuracy on validation";
        Console.WriteLine();
        if (AnsiConsole.Profile.Out.IsTerminal)
        {
            Table table = NetworkTable.Of(["#"], [], ["front"]);
            table.Title = new TableTitle($"{Title} (in %; {Path.GetFileName(folder.ReportFile)} has the 95 % intervals)");
            foreach ((int i, NetworkResult network) in result.Ranking.Index())
                table.AddRow(NetworkTable.Cells([$"{i + 1}"], network.Trial, network.Name, network, [], [network.OnFront ? "yes" : ""]));
            AnsiConsole.Write(table);
        }
        else
        {
            string[] header = ["#", "network", "from", "parameters", "MMACs",
                "robust (validation)", "clean (validation)", "robust (test)", "clean (test)", "front"];
            string[][] rows = [header, .. result.Ranking.Select((network, i) => (string[])
            [
                $"{i + 1}", network.Name, NetworkResult.Place(network.Trial),
                network.Parameters.ToString("N0", CultureInfo.InvariantCulture), NetworkTable.Cost(network),
                $"{network.ValidationRobust}", $"{network.ValidationClean}",
                $"{network.TestRobust}", $"{network.TestClean}", network.OnFront ? "yes" : "",
            ])];
            Console.WriteLine($"{Title}, with 95 % intervals");
            Ending.WriteColumns(rows);
        }
        Console.WriteLine();
        Ending.Write(result, folder);
        if (synthetic)
            Wrapped.WriteLine("These are synthetic images. On real ones: "
                + "dotnet run -c Release --project samples/QuickStart -- --data cifar-10 --out runs/cifar-10");
    }
}
