using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The outcome of a training. The classifier holds the weights of <see cref="Best"/>, or the average of <see cref="BestAverage"/> where
/// <see cref="AverageIsSelected"/>.
/// </summary>
public sealed record TrainingResult
{
    /// <summary>All epochs, in order, also those of the runs this one went on from.</summary>
    public required ValueList<EpochMetrics> Epochs { get; init; }

    /// <summary>
    /// The epoch whose weights were selected on validation: the most robust one, among equals the most accurate, among equals the first.
    /// </summary>
    public required EpochMetrics Best { get; init; }

    /// <summary>The last epoch. How far it falls behind the best one shows robust overfitting (Rice et al. 2020).</summary>
    public EpochMetrics Last => Epochs[^1];

    /// <summary>
    /// The robust validation accuracy that the last epoch lost against the best one: robust overfitting (Rice et al.
    /// 2020), 0 where the last is the best.
    /// </summary>
    public double RobustGap => Best.Robust.Value - Last.Robust.Value;

    /// <summary>
    /// The epoch whose weight average was selected, by the rule of <see cref="Best"/>; null without <see cref="TrainingRecipe.Average"/>.
    /// </summary>
    public EpochMetrics? BestAverage { get; init; }

    /// <summary>
    /// True where the classifier holds the average of <see cref="BestAverage"/>: it is at least as robust on validation as
    /// <see cref="Best"/>, and among equals at least as accurate.
    /// </summary>
    public bool AverageIsSelected => BestAverage?.Average is { } average && (average.Robust.Hits, average.Clean.Hits).CompareTo((Best.Robust.Hits, Best.Clean.Hits)) >= 0;

    /// <summary>The metrics of the weights that the classifier holds.</summary>
    public SelectedWeights Selected => AverageIsSelected
        ? new SelectedWeights(BestAverage!.Epoch, TrainedWeights.BestAverage, BestAverage.Average!.Clean, BestAverage.Average.Robust)
        {
            Verdicts = BestAverage.Average.Verdicts,
        }
        : new SelectedWeights(Best.Epoch, TrainedWeights.Best, Best.Clean, Best.Robust) { Verdicts = Best.Verdicts };

    /// <summary>True where <see cref="TrainingRecipe.EarlyStopping"/> ended it before its last epoch.</summary>
    public bool StoppedEarly { get; init; }

    /// <summary>
    /// True where <see cref="TrainingOptions.PauseAfter"/> stopped it for now: all else here is of the epochs so far, and the classifier
    /// holds the weights selected among them. False once it is at its end.
    /// </summary>
    public bool IsPaused { get; init; }

    /// <summary>The number of times that <see cref="TrainingRecipe.Recovery"/> went back to the start of an epoch.</summary>
    public int Setbacks { get; init; }

    /// <summary>Epochs that were taken from a checkpoint.</summary>
    public int Resumed { get; init; }

    /// <summary>
    /// The newest checkpoint, that of the last epoch, which holds its weights and those of the best one (<see cref="CheckpointWeights"/>);
    /// null when no folder was given.
    /// </summary>
    public string? Checkpoint { get; init; }

    /// <summary>Epochs, what was selected, and what happened on the way.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Quantity.Of(Epochs.Count, "epoch")}{(Resumed > 0 ? $" ({Resumed} of them resumed)" : "")}; selected on validation: {Selected}")
        + (RobustGap > 0 ? string.Create(CultureInfo.InvariantCulture,
            $"; the last epoch is {100 * RobustGap:0.0} points less robust") : "")
        + (StoppedEarly ? "; stopped early" : "")
        + (IsPaused ? "; paused" : "")
        + (Setbacks > 0 ? $"; {Quantity.Of(Setbacks, "setback")}" : "");
}
