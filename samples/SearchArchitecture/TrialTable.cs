using RobustWrn;
using RobustWrn.Core;
using RobustWrn.Search;
using Spectre.Console;

namespace SearchArchitecture;

/// <summary>
/// Tables of networks that fit the window: with borders where it is wide; where it is not, with long names cut, and without the last
/// numbers that there is no room for.
/// </summary>
/// <param name="shown">The numbers of each network.</param>
/// <param name="tested">True for two more columns, of the test images.</param>
internal sealed class TrialTable(IReadOnlyList<StudyObjective> shown, bool tested = false)
{
    // Mark, place and margins; the longest number; the least that tells networks apart.
    private const int Wide = 110, NumberCells = 6, LeastName = 14, LongestHeading = 10;

    private readonly Column[] _columns = Fitting(
        [.. shown.Select(objective => new Column(Heading(objective), network =>
            Measured.Of(network, objective) is { } value ? Measured.Text(objective, value) : ""))],
        tested ? [new Column(Heading("robust test"), network => Percent(network.TestRobust)),
            new Column(Heading("clean test"), network => Percent(network.TestClean))] : []);

    /// <summary>True where there is room for borders.</summary>
    public static bool IsWide => AnsiConsole.Profile.Width >= Wide;

    private static int OtherCells => IsWide ? 19 : 14;

    /// <summary>The best networks of the standings, as many as there are rows.</summary>
    public Table Of(Standings standings, int rows)
    {
        NetworkResult[] ranking = [.. standings.Ranking()];
        IReadOnlyList<NetworkResult> front = standings.Front();
        string marked = standings.HasFront ? $"* the front ({Quantity.Of(front.Count, "network")})" : "* the best";
        string hidden = ranking.Length > rows ? $"the best {rows} of {Quantity.Of(ranking.Length, "network")}, " : "";
        return Of(ranking.Take(rows), network => front.Any(other => ReferenceEquals(other, network)),
            $"{hidden}on validation images; {marked}");
    }

    /// <summary>Some networks.</summary>
    /// <param name="networks">The networks in order.</param>
    /// <param name="isMarked">Tells which are on the front.</param>
    /// <param name="title">The title.</param>
    public Table Of(IEnumerable<NetworkResult> networks, Func<NetworkResult, bool> isMarked, string title)
    {
        Table table = new Table().Border(IsWide ? TableBorder.Rounded : TableBorder.Simple);
        table.Title = new TableTitle(title.EscapeMarkup());
        foreach (string heading in (string[])["", "from", "network"])
            table.AddColumn(Made(heading));
        foreach (Column column in _columns)
            table.AddColumn(Made(column.Heading).RightAligned());
        int name = Math.Max(LeastName, AnsiConsole.Profile.Width - OtherCells - Cells(_columns));
        foreach (NetworkResult network in networks)
        {
            string[] row =
            [
                isMarked(network) ? "[green]*[/]" : "", NetworkResult.Place(network.Trial), Cut(network.Name, name).EscapeMarkup(),
                .. _columns.Select(column => column.Text(network)),
            ];
            table.AddRow(row);
        }
        return table;
    }

    // The test's come first where there is no room for all.
    private static Column[] Fitting(Column[] validation, Column[] test)
    {
        int fitting = validation.Length;
        while (fitting > 1 && OtherCells + LeastName + Cells([.. validation.Take(fitting), .. test]) > AnsiConsole.Profile.Width)
            fitting--;
        return [.. validation.Take(fitting), .. test];
    }

    // With the space beside each, and borders with another.
    private static int Cells(IEnumerable<Column> columns) => columns.Sum(column =>
        Math.Max(NumberCells, column.Heading.Split('\n').Max(line => line.Length)) + (IsWide ? 3 : 1));

    private static TableColumn Made(string heading)
    {
        TableColumn column = new(heading.EscapeMarkup()) { NoWrap = true };
        if (!IsWide)
            column.Padding(0, 1);
        return column;
    }

    private static string Heading(StudyObjective objective) =>
        objective.Kind == ObjectiveKind.Share ? Heading(Measured.Name(objective)) : Broken(Measured.Name(objective));

    private static string Heading(string share) => IsOneLine(share) ? $"{share}, %" : $"{Broken(share)}\n%";

    private static string Broken(string name) => IsOneLine(name) ? name : name.Replace(' ', '\n');

    private static bool IsOneLine(string name) => IsWide && name.Length <= LongestHeading;

    private static string Cut(string name, int most) => name.Length <= most ? name : $"{name[..(most - 1)]}…";

    private static string Percent(Proportion? accuracy) => accuracy is { } known ? $"{100 * known.Value:0.0}" : "";

    private sealed record Column(string Heading, Func<NetworkResult, string> Text);
}
