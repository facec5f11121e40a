using System.Globalization;

namespace RobustWrn.Conformance.Reports;

/// <summary>A report with one fault, to show that the contract finds it.</summary>
internal sealed record BrokenReport(string Fault, string Clause, Func<ExperimentResult, string> Text) : IReport
{
    private static int _rendered;

    public static IReadOnlyList<BrokenReport> All { get; } =
    [
        new("needs a winner", "renders every result", result => result.Ranking.First().Name),
        new("counts its copies", "renders the same twice", _ => $"copy {Interlocked.Increment(ref _rendered)}\n"),
        new("drops what failed", "names every network", result => string.Join('\n', result.Ranking.Select(network => network.Name)) + "\n"),
        new("writes numbers as the machine does", "writes numbers alike everywhere", result =>
            (result.TestReads / 2.0).ToString(CultureInfo.CurrentCulture) + "\n"),
        new("ends lines as a typewriter does", "ends its lines alike everywhere", _ => "a\r\nb\r\n"),
        new("does not end its last line", "ends its lines alike everywhere", _ => "a\nb"),
    ];

    public string Render(ExperimentResult result) => Text(result);
}
