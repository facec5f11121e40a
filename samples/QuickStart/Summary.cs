using RobustWrn;
using Spectre.Console;

namespace QuickStart;

/// <summary>The ranking at the end.</summary>
internal static class Summary
{
    public static void Print(ExperimentResult result, OutputFolder folder, bool synthetic)
    {
        string[] header = ["#", "network", "from", "parameters", "MMACs", "robust (validation)", "clean (validation)", "robust (test)", "clean (test)", "front"];
        string[][] rows = [.. result.Ranking.Select((network, i) => (string[])
        [
            $"{i + 1}", network.Name, network.IsBaseline ? "baseline" : $"trial {network.Trial + 1}", $"{network.Parameters:N0}", $"{network.MultiplyAdds / 1e6:0.0}",
            $"{network.ValidationRobust}", $"{network.ValidationClean}", $"{network.TestRobust}", $"{network.TestClean}", network.OnFront ? "yes" : "",
        ])];
        Console.WriteLine();
        if (AnsiConsole.Profile.Out.IsTerminal)
        {
            Table table = new Table().RoundedBorder().Title("Ranking (by robust accuracy on validation, 95 % intervals)");
            foreach (string column in header)
                table.AddColumn(column);
            foreach (string[] row in rows)
                table.AddRow([.. row.Select(Markup.Escape)]);
            AnsiConsole.Write(table);
        }
        else
        {
            Console.WriteLine("Ranking (by robust accuracy on validation, 95 % intervals)");
            int[] widths = [.. header.Select((name, column) => rows.Append(header).Max(row => row[column].Length))];
            foreach (string[] row in rows.Prepend(header))
                Console.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
        Console.WriteLine();
        foreach (string note in result.Notes)
            Console.WriteLine($"- {note}");
        Console.WriteLine();
        Console.WriteLine($"The search ended because {result.EndedBecause}. Test was read for {result.TestReads} networks, after selection.");
        Console.WriteLine($"Training took {result.Timing.TrainingSeconds.Sum():0} s, testing {result.Timing.TestSeconds.Sum():0} s.");
        Console.WriteLine($"Result: {Path.GetFullPath(folder.ResultFile)}");
        Console.WriteLine($"Report: {Path.GetFullPath(folder.ReportFile)}");
        if (synthetic)
            Console.WriteLine("These are synthetic images. On real ones: dotnet run -c Release --project samples/QuickStart -- --data cifar-10 --out runs/cifar-10");
    }
}
