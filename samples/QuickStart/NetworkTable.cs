using System.Globalization;
using RobustWrn;
using RobustWrn.Core;
using Spectre.Console;

namespace QuickStart;

/// <summary>
/// Tables of networks that fit the window: in a narrow one bare percentages without borders, in a very wide one accuracies with their
/// intervals.
/// </summary>
internal static class NetworkTable
{
    // Beside origin, name, cost and bar: four numbers, with borders, and with intervals.
    private const int Bordered = 110, WithIntervals = 165;

    private static bool HasBorders => AnsiConsole.Profile.Width >= Bordered;

    private static bool HasIntervals => AnsiConsole.Profile.Width >= WithIntervals;

    /// <summary>Cells of a bar that is drawn in the table.</summary>
    public static int BarWidth => HasBorders ? 20 : 8;

    /// <summary>
    /// A table with columns for a network's origin and name, for its multiply-adds where there is room, for what the caller adds, and
    /// for its accuracies.
    /// </summary>
    /// <param name="before">Columns before them.</param>
    /// <param name="between">Columns between cost and accuracies.</param>
    /// <param name="after">Columns behind.</param>
    public static Table Of(string[] before, string[] between, string[] after)
    {
        Table table = new Table().Border(HasBorders ? TableBorder.Rounded : TableBorder.Simple);
        string validation = HasBorders ? "validation" : "val", gap = HasIntervals ? ", " : "\n";
        foreach (string column in (string[])[.. before, "from", "network"])
            Add(table, column);
        if (HasBorders)
            Add(table, "MMACs").RightAligned();
        foreach (string column in between)
            Add(table, column);
        foreach (string column in (string[])[$"robust{gap}{validation}", $"clean{gap}{validation}", $"robust{gap}test", $"clean{gap}test"])
            Add(table, column).RightAligned();
        foreach (string column in after)
            Add(table, column);
        return table;
    }

    /// <summary>The cells of a network in such a table; empty where nothing is known of it yet.</summary>
    public static string[] Cells(string[] before, int? trial, string name, NetworkResult? result, string[] between, string[] after) =>
    [
        .. before, NetworkResult.Place(trial), name.EscapeMarkup(), .. HasBorders ? (string[])[result is null ? "" : Cost(result)] : [], .. between,
        .. new[] { result?.ValidationRobust, result?.ValidationClean, result?.TestRobust, result?.TestClean }.Select(Accuracy), .. after,
    ];

    /// <summary>Millions of multiply-adds.</summary>
    public static string Cost(NetworkResult network) => string.Create(CultureInfo.InvariantCulture, $"{network.MultiplyAdds / 1e6:0.0}");

    private static TableColumn Add(Table table, string name)
    {
        TableColumn column = new(name);
        if (!HasBorders)
            column.Padding(0, 1);
        table.AddColumn(column);
        return column;
    }

    private static string Accuracy(Proportion? accuracy) => accuracy is not { } known ? ""
        : HasIntervals ? known.ToString().EscapeMarkup()
        : string.Create(CultureInfo.InvariantCulture, $"{100 * known.Value:0.0}");
}
