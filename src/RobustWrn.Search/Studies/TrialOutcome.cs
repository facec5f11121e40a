using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The outcome of a trial.</summary>
/// <param name="Score">What the study maximises, such as the robust accuracy on validation; over at least one example.</param>
public sealed record TrialOutcome(Proportion Score)
{
    /// <summary>Further numbers to keep: clean accuracy, parameters, epochs, ... Finite, names unique.</summary>
    public ValueList<Measure> Measures { get; init; } = [];

    /// <summary>Its problems.</summary>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Holds(Score.Total >= 1 && Score.Hits >= 0 && Score.Hits <= Score.Total, nameof(Score), $"must be hits out of at least one example, got {Score.Hits} of {Score.Total}."),
        .. Measures.Where(measure => !double.IsFinite(measure.Value))
            .Select(measure => new Problem($"\"{measure.Name}\"", $"must be a finite number, got {measure.Value}. Leave the measure out, or tell the trial as failed.")),
        .. Measures.GroupBy(measure => measure.Name, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => new Problem($"\"{group.Key}\"", $"names of measures must be unique, but {group.Count()} have this one.")),
    ];

    /// <summary>The score and the first measures.</summary>
    public override string ToString() =>
        Measures.Count == 0 ? $"score {Score}" : $"score {Score}, {Quantity.First([.. Measures.Select(measure => measure.ToString())], 6)}";
}

/// <summary>A named number that a trial measured.</summary>
/// <param name="Name">What it is, with its unit where it has one.</param>
/// <param name="Value">The number, finite.</param>
public sealed record Measure(string Name, double Value)
{
    /// <summary>Name and value.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {Value:g6}");
}
