namespace RobustWrn.Attacks;

/// <summary>Where one image fell.</summary>
/// <param name="Index">The id of the example in its split.</param>
/// <param name="Label">Its class.</param>
/// <param name="FellAt">The smallest of the radii at which it fell: 0 if it was wrong unchanged, null if it stood at all of them.</param>
public sealed record CurveExample(long Index, int Label, double? FellAt);
