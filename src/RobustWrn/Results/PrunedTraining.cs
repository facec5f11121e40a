using System.Globalization;
using System.Text.Json.Serialization;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>A training that the pruner of the search ended on its way.</summary>
/// <param name="Epoch">The epoch after which it ended, from 1.</param>
/// <param name="Epochs">Epochs of a training to the end.</param>
/// <param name="Reason">Why, as the pruner says it.</param>
/// <param name="Measures">What it had measured there: of the network of that epoch, which was not chosen on validation.</param>
public sealed record PrunedTraining(int Epoch, int Epochs, string Reason, ValueList<Measure> Measures)
{
    /// <summary>Epochs that were not trained.</summary>
    [JsonIgnore]
    public int Saved => Epochs - Epoch;

    /// <summary>The pruning of a trial that was ended so.</summary>
    internal static PrunedTraining Of(TrialRecord trial, int epochs) => new(
        trial.Reports.Max(report => report.Step), epochs, trial.PruningReason!,
        trial.Reports.MaxBy(report => report.Step)!.Measures);

    /// <summary>The epoch, what it saved, and why.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"pruned after epoch {Epoch} of {Epochs}: {Reason}");
}
