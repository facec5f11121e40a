using System.Globalization;

namespace RobustWrn.Attacks;

/// <summary>Where one image fell.</summary>
/// <param name="Index">The id of the example in its split.</param>
/// <param name="Label">Its class.</param>
/// <param name="FellAt">The smallest of the radii at which it fell: 0 if it was wrong unchanged, null if it stood at all of them.</param>
public sealed record CurveExample(long Index, int Label, double? FellAt)
{
    /// <summary>Where the image fell.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"image {Index}: ")
        + (FellAt is null ? "stands" : FellAt == 0 ? "wrong unchanged"
            : string.Create(CultureInfo.InvariantCulture, $"falls at epsilon {FellAt:0.######}"));
}
