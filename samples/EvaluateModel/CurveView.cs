using System.Globalization;
using RobustWrn.Attacks;
using Spectre.Console;

namespace EvaluateModel;

/// <summary>Robust accuracy against the radius: a table on a terminal, plain lines elsewhere.</summary>
public static class CurveView
{
    /// <summary>Prints a curve.</summary>
    public static void Print(TextWriter output, RobustnessCurve curve)
    {
        if (!ProgressView.IsTerminal(output))
        {
            output.Write(curve.ToTable());
            return;
        }
        Table table = new Table().RoundedBorder().AddColumns("epsilon", "robust accuracy, 95 % interval");
        table.Columns[0].RightAligned();
        table.AddRow("0", curve.Clean.ToString().EscapeMarkup());
        foreach (CurvePoint point in curve.Points)
            table.AddRow(Radius(point.Epsilon), point.Robust.ToString().EscapeMarkup());
        AnsiConsole.Write(table);
    }

    private static string Radius(double epsilon)
    {
        string number = epsilon.ToString("0.######", CultureInfo.InvariantCulture);
        double levels = epsilon * 255;
        return epsilon < 1 && Math.Abs(levels - Math.Round(levels)) < 1e-9 ? string.Create(CultureInfo.InvariantCulture, $"{number} ({levels:0}/255)") : number;
    }
}
