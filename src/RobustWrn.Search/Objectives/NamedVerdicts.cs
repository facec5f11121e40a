using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Verdicts on the same images, in their order.</summary>
/// <param name="Name">What is true of an image: <c>right</c>, <c>robust</c>.</param>
/// <param name="Bits">True or false for each image.</param>
public sealed record NamedVerdicts(string Name, BitRow Bits)
{
    /// <summary>The verdicts on which images were classified rightly unchanged.</summary>
    public const string Right = "right";

    /// <summary>The verdicts on which images were classified rightly under attack.</summary>
    public const string Robust = "robust";

    /// <summary>
    /// The verdicts of a trial that stopped: images that were classified rightly and had not fallen to an attack by then, attacked or not.
    /// All robust ones are among them; they are no verdicts on which are robust.
    /// </summary>
    public const string Standing = "standing";

    /// <summary>The name and how many are true.</summary>
    public override string ToString() => $"{Name}: {Bits}";
}
