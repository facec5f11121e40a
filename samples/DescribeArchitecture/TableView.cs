using System.Globalization;
using RobustWrn.Core;
using Spectre.Console;

namespace DescribeArchitecture;

/// <summary>Descriptions as tables on a terminal, as plain lines elsewhere.</summary>
public static class TableView
{
    private static readonly string[] ComparedBy = ["network", "parameters", "times", "MACs", "times"];

    /// <summary>Prints a network, and what it is compared with.</summary>
    public static void Print(TextWriter output, NetworkDescription network, IReadOnlyList<NetworkDescription> others)
    {
        if (ReferenceEquals(output, Console.Out) && AnsiConsole.Profile.Out.IsTerminal)
            PrintTables(network, others);
        else
            PrintLines(output, network, others);
    }

    private static void PrintLines(TextWriter output, NetworkDescription network, IReadOnlyList<NetworkDescription> others)
    {
        output.WriteLine(network);
        foreach (NetworkDescription other in others)
        {
            string[] cells = Compared(network, other);
            output.WriteLine($"{cells[0]}: {cells[1]} parameters ({cells[2]} times {network.Name}'s), {cells[3]} MACs ({cells[4]} times)");
        }
    }

    private static void PrintTables(NetworkDescription network, IReadOnlyList<NetworkDescription> others)
    {
        AnsiConsole.WriteLine(network.Summary);
        Write(NetworkDescription.Columns, network.Rows);
        AnsiConsole.WriteLine(network.Memory);
        if (others.Count > 0)
            Write(ComparedBy, [Compared(network, network), .. others.Select(other => Compared(network, other))]);
    }

    private static void Write(IEnumerable<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new();
        foreach (string column in columns)
            table.AddColumn(new TableColumn(column.EscapeMarkup()) { Alignment = table.Columns.Count == 0 ? Justify.Left : Justify.Right });
        foreach (IReadOnlyList<string> row in rows)
            table.AddRow([.. row.Select(cell => cell.EscapeMarkup())]);
        AnsiConsole.Write(table);
    }

    private static string[] Compared(NetworkDescription network, NetworkDescription other) =>
    [
        other.Name, Text(other.Cost.Parameters), Times(other.Cost.Parameters, network.Cost.Parameters),
        Text(other.Cost.MultiplyAdds), Times(other.Cost.MultiplyAdds, network.Cost.MultiplyAdds),
    ];

    private static string Text(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Times(double count, double of) => (count / of).ToString("0.00", CultureInfo.InvariantCulture);
}
