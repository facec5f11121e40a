using RobustWrn.Core;

namespace RobustWrn.Samples;

/// <summary>The last lines of an experiment.</summary>
internal static class Ending
{
    /// <summary>Rows in columns, for output that is redirected to a file.</summary>
    /// <param name="rows">The header first; as many cells in each.</param>
    public static void WriteColumns(IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
            Console.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>What the numbers can show, why the search ended, how long it took, and where all of it is.</summary>
    public static void Write(ExperimentResult result, OutputFolder folder)
    {
        foreach (string note in result.Notes)
            Wrapped.WriteLine($"- {note}");
        Console.WriteLine();
        Wrapped.WriteLine($"The search ended because {result.EndedBecause}. "
            + $"Test was read for {Quantity.Of(result.TestReads, "trained network")}, after selection.");
        Console.WriteLine($"Training took {result.Timing.TrainingSeconds.Sum():0} s, testing {result.Timing.TestSeconds.Sum():0} s.");
        Console.WriteLine($"Result: {Path.GetFullPath(folder.ResultFile)}");
        Console.WriteLine($"Report: {Path.GetFullPath(folder.ReportFile)}");
    }
}
