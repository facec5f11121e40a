using System.ComponentModel;
using System.Reflection;

namespace RobustWrn.Core;

/// <summary>
/// Parts of a norm: interfaces that a threat model implements for the attacks that need more than every threat model has. An attack asks
/// for its part, and says what is missing where there is none. An author of attacks may define parts of their own.
/// </summary>
/// <remarks>An interface says what it is good for in a <see cref="DescriptionAttribute"/>; refusals quote it.</remarks>
public static class NormParts
{
    /// <summary>The problem of an attack under a threat model without the part; none where it has it.</summary>
    /// <typeparam name="TPart">The part's interface.</typeparam>
    /// <param name="threat">The threat model; null has other problems.</param>
    /// <param name="attack">The name of the attack that needs the part.</param>
    public static IEnumerable<Problem> PartProblems<TPart>(this ThreatModel? threat, string attack)
        where TPart : class =>
        Rule.Holds(threat is null or TPart, "", threat is null ? "" : Missing<TPart>(threat, attack));

    /// <summary>The part.</summary>
    /// <typeparam name="TPart">The part's interface.</typeparam>
    /// <param name="threat">The threat model.</param>
    /// <param name="attack">The name of the attack that needs the part.</param>
    /// <exception cref="ArgumentException">
    /// The threat model does not implement it; the message names the norm, the part and the remedy.
    /// </exception>
    public static TPart Part<TPart>(this ThreatModel threat, string attack)
        where TPart : class
    {
        ArgumentNullException.ThrowIfNull(threat);
        return threat as TPart ?? throw new ArgumentException(Missing<TPart>(threat, attack), nameof(threat));
    }

    private static string Missing<TPart>(ThreatModel threat, string attack)
    {
        string part = typeof(TPart).Name, knows = typeof(TPart).GetCustomAttribute<DescriptionAttribute>()?.Description ?? part;
        return $"{attack} needs a norm that knows {knows}, got {Excerpt.Of(threat.Norm)}. Implement {part} in {threat.GetType().Name}, "
            + "or take an attack for every norm, such as PGD or APGD.";
    }
}
