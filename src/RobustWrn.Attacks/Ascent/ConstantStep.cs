using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>Every step has the same length.</summary>
/// <param name="Length">The length, in the threat's norm, for pixels in [0, 1].</param>
public sealed record ConstantStep(double Length) : IStepRule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "constant";

    /// <inheritdoc/>
    public AscentUpdate Begin(AscentRun run) => new SteepestUpdate(run, _ => Length);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.Positive(Length);
}
