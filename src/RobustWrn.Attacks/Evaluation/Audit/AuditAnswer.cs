using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>What a check says: what it found, or why it could not look.</summary>
public sealed record AuditAnswer
{
    /// <summary>It looked and found nothing.</summary>
    public static AuditAnswer NothingFound { get; } = new();

    /// <summary>What it found; empty when there is nothing to say.</summary>
    public ValueList<AuditFinding> Findings { get; private init; } = [];

    /// <summary>Why it could not look; null when it did.</summary>
    public string? NotMade { get; private init; }

    /// <summary>Whether it could look if more passes were left for it.</summary>
    internal bool IsTooDear { get; private init; }

    /// <summary>It looked and found this.</summary>
    public static AuditAnswer Found(params ReadOnlySpan<AuditFinding> findings) => new() { Findings = [.. findings] };

    /// <summary>It could not look.</summary>
    /// <param name="reason">Why.</param>
    public static AuditAnswer CouldNot(string reason) => new() { NotMade = reason };

    /// <summary>It could not look for what it may cost.</summary>
    internal static AuditAnswer TooDear(string reason) => new() { NotMade = reason, IsTooDear = true };

    /// <summary>What was found, or why it could not look.</summary>
    public override string ToString() => NotMade is not null ? $"not made: {NotMade}"
        : Findings.Count == 0 ? "nothing found" : Quantity.First([.. Findings.Select(finding => finding.ToString())], 3, "; ");
}
