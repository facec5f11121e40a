namespace RobustWrn.Core;

/// <summary>
/// The part of a norm whose steepest ascent moves few values a step: a ball inside its own in which all move. The audit's climbs of a few
/// steps walk there; under other norms they walk in the ball itself.
/// </summary>
public interface ISparseAscent
{
    /// <summary>A ball inside this threat model's, of a norm whose steepest direction moves all values.</summary>
    /// <param name="values">How many values an image has, over channels and pixels.</param>
    ThreatModel DenseBall(long values);
}
