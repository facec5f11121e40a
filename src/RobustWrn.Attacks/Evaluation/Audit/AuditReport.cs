using System.Globalization;
using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>What an audit makes of an evaluation.</summary>
public sealed record AuditReport
{
    private const int ShownFindings = 8;

    /// <summary>The worst of the findings; trustworthy without one.</summary>
    public required AuditVerdict Verdict { get; init; }

    /// <summary>What speaks against the numbers, in the order of the checks.</summary>
    public ValueList<AuditFinding> Findings { get; init; } = [];

    /// <summary>The checks that were made.</summary>
    public ValueList<string> Made { get; init; } = [];

    /// <summary>The checks that were not, and why: a verdict says nothing of them.</summary>
    public ValueList<AuditGap> NotMade { get; init; } = [];

    /// <summary>How many images it could ask about.</summary>
    public int Examples { get; init; }

    /// <summary>What it took: passes of an image, a backward pass counted as two.</summary>
    public long Passes { get; init; }

    /// <summary>What it could have taken, in the same unit.</summary>
    public long Budget { get; init; }

    /// <summary>True where the numbers cannot be believed: suspect or invalid.</summary>
    [JsonIgnore]
    public bool IsDoubted => Verdict != AuditVerdict.Trustworthy;

    /// <summary>The report over parts of one set of images, each with its own: what any part found, and what no part could look at.</summary>
    /// <param name="parts">At least one.</param>
    public static AuditReport Combine(params ReadOnlySpan<AuditReport> parts)
    {
        if (parts.IsEmpty)
            throw new ArgumentException("there must be at least one part, got none.", nameof(parts));
        AuditReport[] all = parts.ToArray();
        string[] made = [.. all.SelectMany(part => part.Made).Distinct()];
        return new AuditReport
        {
            Verdict = all.Max(part => part.Verdict),
            Findings = all.SelectMany(part => part.Findings).Distinct().ToValueList(),
            Made = made.ToValueList(),
            NotMade = all.SelectMany(part => part.NotMade).Where(gap => !made.Contains(gap.Check)).DistinctBy(gap => gap.Check).ToValueList(),
            Examples = all.Sum(part => part.Examples),
            Passes = all.Sum(part => part.Passes),
            Budget = all.Sum(part => part.Budget),
        };
    }

    /// <summary>The verdict and how much was looked at.</summary>
    public string Summary =>
        string.Create(CultureInfo.InvariantCulture,
            $"{Verdict.ToString().ToLowerInvariant()}, as far as {Made.Count} of {Made.Count + NotMade.Count} checks can tell");

    /// <summary>The verdict, how much was looked at, and a line for each of the first findings.</summary>
    public override string ToString()
    {
        string[] findings = [.. Findings.Select(finding => $"{finding.Severity.ToString().ToLowerInvariant()}: {finding}")];
        return findings.Length == 0 ? Summary : $"{Summary}\n  {Quantity.First(findings, ShownFindings, "\n  ")}";
    }

    internal static AuditReport Of(IEnumerable<(string Check, AuditAnswer Answer)> answers)
    {
        (string Check, AuditAnswer Answer)[] all = [.. answers];
        ValueList<AuditFinding> findings = all.SelectMany(entry => entry.Answer.Findings).ToValueList();
        return new AuditReport
        {
            Verdict = findings.Select(finding => finding.Severity).DefaultIfEmpty(AuditVerdict.Trustworthy).Max(),
            Findings = findings,
            Made = all.Where(entry => entry.Answer.NotMade is null).Select(entry => entry.Check).ToValueList(),
            NotMade = all.Where(entry => entry.Answer.NotMade is not null).Select(entry => new AuditGap(entry.Check, entry.Answer.NotMade!)).ToValueList(),
        };
    }
}
