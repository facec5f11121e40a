using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The position of a training, apart from its tensors. Order of the data, randomness and learning rate follow from it and the run's
/// identity.
/// </summary>
internal sealed record RunPosition
{
    /// <summary>The finished epochs.</summary>
    public ValueList<EpochMetrics> Epochs { get; init; } = [];

    /// <summary>The index of the best epoch, from 0.</summary>
    public int Best { get; init; }

    /// <summary>The index of the epoch with the best weight average, from 0.</summary>
    public int BestAverage { get; init; }

    /// <summary>The steps of the epoch at work; null between two epochs.</summary>
    public EpochSoFar? SoFar { get; init; }

    /// <summary>The number of times that the training went back to the start of an epoch.</summary>
    public int Setbacks { get; init; }

    /// <summary>Steps of the epoch at work.</summary>
    public int Steps => SoFar?.Steps ?? 0;
}
