using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A trial measured something on its way.</summary>
public sealed record TrialReported : AttemptFact
{
    /// <summary>The place on the way, such as the epoch; each step is reported once.</summary>
    public required int Step { get; init; }

    /// <summary>The measures at this step.</summary>
    public required ValueList<Measure> Measures { get; init; }

    /// <summary>The trial, the step and the measures.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"trial {Trial} at step {Step}: {Quantity.First([.. Measures.Select(measure => measure.ToString())], 6)}");
}
