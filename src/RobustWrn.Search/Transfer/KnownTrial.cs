using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// A network that a study is to begin with: one that was measured elsewhere, or one to be tried before the sampler is asked.
/// </summary>
/// <param name="Values">The values of its dimensions, as <see cref="SearchSpace{TSpec}.ValuesAt"/> gives them.</param>
public sealed record KnownTrial(ValueList<DimensionValue> Values)
{
    /// <summary>The outcome; null for a network that is to be tried first.</summary>
    public TrialOutcome? Outcome { get; init; }

    /// <summary>
    /// The trials of another study, of any space with dimensions of the same names and values: those that are completed, with their
    /// outcomes.
    /// </summary>
    public static ValueList<KnownTrial> Of(IEnumerable<TrialRecord> trials)
    {
        ArgumentNullException.ThrowIfNull(trials);
        return [.. trials.Where(trial => trial.State == TrialState.Completed)
            .Select(trial => new KnownTrial(trial.Values) { Outcome = trial.Outcome })];
    }

    /// <summary>The values and the outcome.</summary>
    public override string ToString() => $"{Quantity.First([.. Values.Select(value => value.ToString())], 6)}: "
        + (Outcome is null ? "to be tried" : $"{Outcome}");
}
