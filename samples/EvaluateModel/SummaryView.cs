using System.Globalization;
using RobustWrn.Attacks;
using RobustWrn.Core;
using Spectre.Console;

namespace EvaluateModel;

/// <summary>The result as a table on a terminal, as plain lines elsewhere.</summary>
public static class SummaryView
{
    /// <summary>Prints a result.</summary>
    public static void Print(TextWriter output, RobustnessResult result)
    {
        if (ProgressView.IsTerminal(output))
        {
            PrintTable(result);
            PrintRemarks(result);
            return;
        }
        PrintLines(output, result);
        foreach ((string title, string text) in Remarks(result))
            output.WriteLine($"{title + ":",-13} {text}");
    }

    // On a terminal, long ones end between words and go on below each other.
    private static void PrintRemarks(RobustnessResult result)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach ((string title, string text) in Remarks(result))
            grid.AddRow($"{title}:".EscapeMarkup(), text.EscapeMarkup());
        AnsiConsole.Write(grid);
    }

    private static void PrintLines(TextWriter output, RobustnessResult result)
    {
        (string Title, Proportion Right, TimeSpan? Time)[] rows = [.. Rows(result)];
        int title = rows.Max(row => row.Title.Length), count = rows.Max(row => Count(row.Right).Length);
        foreach ((string name, Proportion right, TimeSpan? time) in rows)
            output.WriteLine($"{name.PadRight(title)}  {Count(right).PadLeft(count)}  {right}{(time is { } taken ? $", {Seconds(taken)} s" : "")}");
    }

    private static void PrintTable(RobustnessResult result)
    {
        Table table = new Table().RoundedBorder().AddColumns("", "right", "accuracy, 95 % interval", "seconds");
        table.Columns[1].RightAligned();
        table.Columns[3].RightAligned();
        foreach ((string name, Proportion right, TimeSpan? time) in Rows(result))
            table.AddRow(name.EscapeMarkup(), Count(right), right.ToString().EscapeMarkup(), time is { } taken ? Seconds(taken) : "");
        AnsiConsole.Write(table);
    }

    private static IEnumerable<(string Title, Proportion Right, TimeSpan? Time)> Rows(RobustnessResult result) =>
    [
        ("clean", result.Clean, null),
        .. result.Attacks.Select(attack => ($"after {attack.Name}", new Proportion(attack.CorrectAfter, result.Clean.Total), (TimeSpan?)attack.Duration)),
        ("robust", result.Robust, null),
        .. result.WorstClass is { } worst ? [($"worst class: {worst.Name}", worst.Robust, (TimeSpan?)null)] : Array.Empty<(string, Proportion, TimeSpan?)>(),
    ];

    private static IEnumerable<(string Title, string Text)> Remarks(RobustnessResult result) =>
    [
        ("block size", Quantity.Of(result.BlockSize, "image")),
        ("conformance", result.Conformance ?? $"none, because {WhyNone(result)}"),
        .. result.Notices.Select(notice => ("notice", notice)),
        .. result.Audit is { } audit ? Audit(audit) : [],
    ];

    private static IEnumerable<(string Title, string Text)> Audit(AuditReport audit) =>
    [
        ("audit", $"{audit.Verdict.ToString().ToLowerInvariant()}, as far as {audit.Made.Count} of {audit.Made.Count + audit.NotMade.Count} checks can tell"),
        .. audit.Findings.Select(finding => (finding.Severity.ToString().ToLowerInvariant(), finding.ToString())),
        .. audit.NotMade.Select(gap => ("not checked", gap.ToString())),
    ];

    private static string WhyNone(RobustnessResult result) =>
        result.Suite.ConformsTo(result.Threat!) is { } standard ? $"{standard} was not run as published: see the notices"
        : new ThreatModel[] { ThreatModel.Linf(1), ThreatModel.L1(1) }.Any(other => result.Suite.ConformsTo(other) is not null) ? $"these attacks are a standard in other norms than {result.Threat!.Norm}"
        : "only AutoAttack with every published constant has a label";

    private static string Count(Proportion right) => string.Create(CultureInfo.InvariantCulture, $"{right.Hits} of {right.Total}");

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
