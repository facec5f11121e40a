using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>A stretch of APGD in one ball.</summary>
/// <param name="Threat">The ball.</param>
/// <param name="Steps">How many steps.</param>
/// <param name="Resumed">Whether the start comes from an earlier stage or from the caller, rather than from noise.</param>
/// <param name="Counts">Whether a point that fools the model is a success: not in a ball that is larger than the attacker's.</param>
internal sealed record ApgdStage(ThreatModel Threat, int Steps, bool Resumed = false, bool Counts = true);
