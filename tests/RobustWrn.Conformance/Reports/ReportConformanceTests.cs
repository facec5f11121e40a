using RobustWrn.Conformance.Contracts;

namespace RobustWrn.Conformance.Reports;

/// <summary>
/// Every report of the library keeps every clause, and the clauses find faults. A new report is found here without a line elsewhere.
/// </summary>
public class ReportConformanceTests
{
    public static TheoryData<string, string> ReportsAndClauses() => Implementations<IReport>.With(ReportContract.Clauses.Keys);

    public static TheoryData<string> Faults() => [.. BrokenReport.All.Select(report => report.Fault)];

    [Fact]
    public void Library_Scanned_HasTheReportsItNames() =>
        Assert.Superset(new HashSet<string> { nameof(JsonReport), nameof(MarkdownReport) }, Implementations<IReport>.All.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(ReportsAndClauses))]
    public void Report_OfTheLibrary_KeepsTheContract(string report, string clause) =>
        ReportContract.Clauses[clause](Implementations<IReport>.All[report]);

    [Theory]
    [MemberData(nameof(Faults))]
    public void Contract_ReportWithAFault_RefusesIt(string fault)
    {
        BrokenReport broken = BrokenReport.All.Single(report => report.Fault == fault);
        Exception refusal = Assert.ThrowsAny<Exception>(() => ReportContract.Clauses[broken.Clause](broken));
        // An assertion, or what rendering throws: not an error of the contract itself.
        Assert.True(refusal is Xunit.Sdk.XunitException or InvalidOperationException, refusal.ToString());
    }
}
