using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>All that a sampler may look at.</summary>
/// <param name="Space">The points.</param>
/// <param name="History">
/// The trials before, pending ones too, in the order of their numbers. Times in them differ between runs: do not use them.
/// </param>
/// <param name="Number">The number of the trial to propose, from 0.</param>
/// <param name="Study">The study's randomness, the same for all trials.</param>
public sealed record SamplerContext(SpaceShape Space, ValueList<TrialRecord> History, int Number, RandomStream Study)
{
    /// <summary>The randomness of this trial.</summary>
    public RandomStream Trial => Study.At(Number);

    /// <summary>The points of <see cref="History"/>.</summary>
    public IReadOnlySet<ValueList<int>> Proposed() => History.Select(trial => trial.Point).ToHashSet();
}
