using RobustWrn;
using RobustWrn.Core;
using RobustWrn.Search;
using Spectre.Console;

namespace SearchArchitecture;

/// <summary>Tables of networks that fit the window: with borders where it is wide, with long names cut where it is not.</summary>
/// <param name="shown">The numbers of each network.</param>
/// <param name="tested">True for two more columns, of the test images.</param>
internal sealed class TrialTable(IReadOnlyList<StudyObjective> shown, bool tested = false)
{
    // Mark, place and margins; a number and its space; the least that tells networks apart.
    private const int Wide = 110, OtherCells = 14, NumberCells = 8, LeastName = 16;

    /// <summary>True where there is room for borders.</summary>
    public static bool IsWide => AnsiConsole.Profile.Width >= Wide;

    /// <summary>The best networks of the standings, as many as there are rows.</summary>
    public Table Of(Standings standings, int rows)
    {
        NetworkResult[] ranking = [.. standings.Ranking()];
        IReadOnlyList<NetworkResult> front = standings.Front();
        int on = front.Count;
        string hidden = ranking.Length > rows ? $"the best {rows} of {Quantity.Of(ranking.Length, "network")}, " : "";
        return Of(ranking.Take(rows), network => front.Any(other => ReferenceEquals(other, network)),
            $"{hidden}on validation images; * the front ({Quantity.Of(on, "network")})");
    }

    /// <summary>Some networks.</summary>
    /// <param name="networks">The networks in order.</param>
    /// <param name="isMarked">Tells which are on the front.</param>
    /// <param name="title">The title.</param>
    public Table Of(IEnumerable<NetworkResult> networks, Func<NetworkResult, bool> isMarked, string title)
    {
        Table table = new Table().Border(IsWide ? TableBorder.Rounded : TableBorder.Simple);
        table.Title = new TableTitle(title.EscapeMarkup());
        string[] numbers =
        [
            .. shown.Select(objective => Lines(Measured.Heading(objective))),
            .. tested ? (string[])["robust,\ntest %", "clean,\ntest %"] : [],
        ];
        foreach (string column in (string[])["", "from", "network", .. numbers])
        {
            TableColumn made = new(column.EscapeMarkup()) { NoWrap = true };
            if (!IsWide)
                made.Padding(0, 1);
            table.AddColumn(numbers.Contains(column) ? made.RightAligned() : made);
        }
        int cells = numbers.Length * (IsWide ? NumberCells + 4 : NumberCells);
        int name = Math.Max(LeastName, AnsiConsole.Profile.Width - OtherCells - cells);
        foreach (NetworkResult network in networks)
        {
            string[] row =
            [
                isMarked(network) ? "[green]*[/]" : "", NetworkResult.Place(network.Trial), Cut(network.Name, name).EscapeMarkup(),
                .. shown.Select(objective => Measured.Of(network, objective) is { } value ? Measured.Text(objective, value) : ""),
                .. tested ? new[] { network.TestRobust, network.TestClean }.Select(Percent) : [],
            ];
            table.AddRow(row);
        }
        return table;
    }

    private static string Lines(string heading) =>
        IsWide ? heading : heading.Replace(' ', '\n').Replace(",\n", ", ", StringComparison.Ordinal);

    private static string Cut(string name, int most) => name.Length <= most ? name : $"{name[..(most - 1)]}…";

    private static string Percent(Proportion? accuracy) => accuracy is { } known ? $"{100 * known.Value:0.0}" : "";
}
