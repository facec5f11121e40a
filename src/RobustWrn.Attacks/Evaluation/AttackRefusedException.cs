namespace RobustWrn.Attacks;

/// <summary>An attack returned something that its threat model does not allow, so what it found means nothing.</summary>
public sealed class AttackRefusedException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="attack">The attack's name.</param>
    /// <param name="rule">The rule it broke, with what it returned.</param>
    /// <param name="distance">The largest distance it moved an image by, where that is the rule.</param>
    public AttackRefusedException(string attack, string rule, double? distance = null)
        : base($"{attack} is refused: {rule}") => (Attack, Distance) = (attack, distance);

    /// <summary>The attack's name.</summary>
    public string Attack { get; }

    /// <summary>The largest distance it moved an image by, where that is the rule it broke.</summary>
    public double? Distance { get; }
}
