using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>Steps that become shorter at given ones, as in GAMA-PGD (Sriramanan et al. 2020, arXiv 2011.14969).</summary>
/// <param name="Length">The length of the first ones, in the threat's norm, for pixels in [0, 1].</param>
public sealed record DecayingStep(double Length) : IStepRule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "decaying";

    /// <summary>The steps, from 0, at which the length is divided. Default 60 and 85 (the authors' code, for 100 steps).</summary>
    public ValueList<int> DropAt { get; init; } = [60, 85];

    /// <summary>The divisor of the length. Default 10 (the authors' code).</summary>
    public double Drop { get; init; } = 10;

    /// <inheritdoc/>
    public AscentUpdate Begin(AscentRun run) =>
        new SteepestUpdate(run, step => Length / Math.Pow(Drop, DropAt.Count(at => step >= at)));

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
        [.. Rule.Positive(Length), .. Rule.Each(DropAt, step => Rule.Positive(step, "")), .. Rule.Positive(Drop)];
}
