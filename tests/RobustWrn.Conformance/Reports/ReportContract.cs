namespace RobustWrn.Conformance.Reports;

/// <summary>What any report must keep, clause by clause. Each throws when a report breaks it.</summary>
public static class ReportContract
{
    public static IReadOnlyDictionary<string, Action<IReport>> Clauses { get; } = new Dictionary<string, Action<IReport>>
    {
        ["renders every result"] = RendersEveryResult,
        ["renders the same twice"] = RendersTheSameTwice,
        ["names every network"] = NamesEveryNetwork,
        ["writes numbers alike everywhere"] = WritesNumbersAlike,
        ["ends its lines alike everywhere"] = EndsItsLinesAlike,
        ["can be written to a file"] = CanBeWritten,
    };

    private static void RendersEveryResult(IReport report)
    {
        foreach (ExperimentResult result in ReportedResults.All)
            Assert.False(string.IsNullOrWhiteSpace(report.Render(result)));
    }

    private static void RendersTheSameTwice(IReport report)
    {
        foreach (ExperimentResult result in ReportedResults.All)
            Assert.Equal(report.Render(result), report.Render(result with { Networks = [.. result.Networks] }));
    }

    // Those that failed, too: a report that drops them is about another experiment.
    private static void NamesEveryNetwork(IReport report)
    {
        foreach (ExperimentResult result in ReportedResults.All)
        {
            string text = report.Render(result);
            Assert.All(result.Networks, network => Assert.Contains(network.Name, text, StringComparison.Ordinal));
        }
    }

    private static void WritesNumbersAlike(IReport report)
    {
        string[] usual = [.. ReportedResults.All.Select(report.Render)];
        using ForeignCulture elsewhere = new();
        Assert.Equal(usual, ReportedResults.All.Select(report.Render));
    }

    private static void EndsItsLinesAlike(IReport report)
    {
        foreach (ExperimentResult result in ReportedResults.All)
        {
            string text = report.Render(result);
            Assert.DoesNotContain('\r', text);
            Assert.EndsWith("\n", text);
        }
    }

    private static void CanBeWritten(IReport report)
    {
        string folder = TestFolder.Missing();
        try
        {
            ExperimentResult result = ReportedResults.All[0];
            string file = Path.Combine(folder, "sub", "report");
            result.WriteAsync(report, file, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
            Assert.Equal(report.Render(result), File.ReadAllText(file));
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }
}
