using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>What one attack of a suite did.</summary>
/// <param name="Name">The attack.</param>
/// <param name="CorrectBefore">Images that were right when it came.</param>
/// <param name="CorrectAfter">Images that were right when it had gone.</param>
/// <param name="Duration">Its time, with the classification of what it returned.</param>
public sealed record AttackTally(string Name, long CorrectBefore, long CorrectAfter, TimeSpan Duration)
{
    /// <summary>
    /// The farthest it moved an image, over all pixels, in the norm that the threat names, for pixels in [0, 1]: measured in float64 without the threat's help. Null when it attacked
    /// nothing, or when the name is none of linf, l2 and l1.
    /// </summary>
    public double? Farthest { get; init; }

    /// <summary>What it left, and its time.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} leaves {CorrectAfter} of {CorrectBefore} right in {Quantity.Short(Duration)}");
}
