using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>The outcome of training one network, as recorded.</summary>
internal sealed record TrainedNetwork
{
    public int? SelectedEpoch { get; init; }

    public Proportion? ValidationClean { get; init; }

    public Proportion? ValidationRobust { get; init; }

    public ValidationVerdicts? Verdicts { get; init; }

    public string? Failure { get; init; }

    public double Seconds { get; init; }

    /// <summary>SHA-256 of the weights' file; null when the training failed.</summary>
    public string? Weights { get; init; }
}

/// <summary>How far a training came that stands at a rung, as recorded.</summary>
/// <param name="Epochs">Epochs that are done.</param>
/// <param name="Seconds">Seconds that they took.</param>
internal sealed record PausedTraining(int Epochs, double Seconds);
