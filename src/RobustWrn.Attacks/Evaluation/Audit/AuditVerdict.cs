namespace RobustWrn.Attacks;

/// <summary>How far the numbers of an evaluation can be believed; the worst finding decides.</summary>
public enum AuditVerdict
{
    /// <summary>No check that could be made found anything. Robust accuracy stays an upper bound.</summary>
    Trustworthy,

    /// <summary>Something speaks for attacks that were hindered: robust accuracy may be far too high.</summary>
    Suspect,

    /// <summary>The numbers are not of what they claim to be: of this threat, of one model, of attacks that moved at all.</summary>
    Invalid,
}
