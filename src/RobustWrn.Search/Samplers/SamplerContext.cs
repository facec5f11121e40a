using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>All that a sampler may look at.</summary>
/// <param name="Space">The points.</param>
/// <param name="History">The trials before, pending ones too, in the order of their numbers.</param>
/// <param name="Number">The number of the trial to propose, from 0.</param>
/// <param name="Study">The study's randomness, the same for all trials.</param>
public sealed record SamplerContext(SpaceShape Space, ValueList<Observation> History, int Number, RandomStream Study)
{
    /// <summary>The randomness of this trial.</summary>
    public RandomStream Trial => Study.At(Number);

    /// <summary>The trials before that have values, in the order of their numbers.</summary>
    public ValueList<Observation> Told { get; } = [.. History.Where(trial => trial.IsTold)];

    /// <summary>The number of constraints; 0 before the first value.</summary>
    public int Constraints => Told.Count == 0 ? 0 : Told[0].Excesses.Count;

    /// <summary>The number of objectives; 0 before the first.</summary>
    public int Objectives => Told.Count == 0 ? 0 : Told[0].Values.Count;
}
