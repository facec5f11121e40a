namespace RobustWrn.Attacks;

/// <summary>What a measure gave over all pairs.</summary>
/// <param name="Measure">The measure, with its settings.</param>
/// <param name="Values">Its numbers.</param>
public sealed record PairMeasurement(IPairMeasure Measure, SampleSummary Values)
{
    /// <summary>The measure and its numbers.</summary>
    public override string ToString() => $"{Measure.Name}: {Values}";
}
