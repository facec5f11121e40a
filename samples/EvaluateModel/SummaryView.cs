using System.Globalization;
using RobustWrn.Attacks;
using Spectre.Console;

namespace EvaluateModel;

/// <summary>The result as a table on a terminal, as plain lines elsewhere.</summary>
public static class SummaryView
{
    /// <summary>Prints a result.</summary>
    public static void Print(TextWriter output, RobustnessResult result)
    {
        if (ReferenceEquals(output, Console.Out) && AnsiConsole.Profile.Out.IsTerminal)
            PrintTable(result);
        else
            PrintLines(output, result);
    }

    private static void PrintLines(TextWriter output, RobustnessResult result)
    {
        foreach (AttackTally attack in result.Attacks)
            output.WriteLine($"{attack.Name}: {attack.CorrectBefore} right before, {attack.CorrectAfter} after, {Seconds(attack)} s");
        output.WriteLine($"Clean accuracy:  {result.Clean}");
        output.WriteLine($"Robust accuracy: {result.Robust}");
    }

    private static void PrintTable(RobustnessResult result)
    {
        Table table = new Table().AddColumns("", "right", "of", "accuracy, 95 % interval", "seconds");
        table.AddRow("clean", Number(result.Clean.Hits), Number(result.Clean.Total), result.Clean.ToString().EscapeMarkup(), "");
        foreach (AttackTally attack in result.Attacks)
            table.AddRow($"after {attack.Name}".EscapeMarkup(), Number(attack.CorrectAfter), Number(attack.CorrectBefore), "", Seconds(attack));
        table.AddRow("robust", Number(result.Robust.Hits), Number(result.Robust.Total), result.Robust.ToString().EscapeMarkup(), "");
        AnsiConsole.Write(table);
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(AttackTally attack) => attack.Duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
