using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>What a training came to. The classifier holds the weights of <see cref="Best"/>.</summary>
public sealed record TrainingResult
{
    /// <summary>All epochs, in order, also those of the runs this one went on from.</summary>
    public required ValueList<EpochMetrics> Epochs { get; init; }

    /// <summary>The epoch whose weights were selected on validation: the most robust one, among equals the most accurate, among equals the first.</summary>
    public required EpochMetrics Best { get; init; }

    /// <summary>The last epoch. How far it falls behind the best one shows robust overfitting (Rice et al. 2020).</summary>
    public EpochMetrics Last => Epochs[^1];

    /// <summary>Epochs that were taken from a checkpoint.</summary>
    public int Resumed { get; init; }

    /// <summary>The checkpoint of the last epoch, which holds its weights and those of the best one; null when no folder was given.</summary>
    public string? Checkpoint { get; init; }
}
