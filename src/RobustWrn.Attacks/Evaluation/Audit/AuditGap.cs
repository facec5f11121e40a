namespace RobustWrn.Attacks;

/// <summary>A check that was not made, or says nothing here.</summary>
/// <param name="Check">Its name, as in files.</param>
/// <param name="Reason">Why.</param>
public sealed record AuditGap(string Check, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Check}: {Reason}";
}
