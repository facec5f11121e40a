using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>The weights in a checkpoint of a training.</summary>
public static class CheckpointWeights
{
    /// <summary>Gives a classifier weights of a checkpoint, after verifying it.</summary>
    /// <param name="classifier">
    /// A classifier of the same specification; dtype, device and mode stay. One without normalisation of pixels takes on that of the
    /// training; one that computes otherwise is refused.
    /// </param>
    /// <param name="checkpoint">The file: <see cref="TrainingResult.Checkpoint"/>.</param>
    /// <param name="which">Which weights.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or has no such weights, or they do not fit.</exception>
    /// <exception cref="CheckpointRefusedException">It was written by another version of this library.</exception>
    public static void Load(Classifier classifier, string checkpoint, TrainedWeights which)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        using TrainingCheckpoint read = TrainingCheckpoint.Read(checkpoint);
        // The best are not written twice where they are the newest.
        string prefix = which switch
        {
            TrainedWeights.Last => TrainingCheckpoint.Model,
            TrainedWeights.Best => read.Has(TrainingCheckpoint.Best) ? TrainingCheckpoint.Best : TrainingCheckpoint.Model,
            TrainedWeights.LastAverage => TrainingCheckpoint.Average,
            TrainedWeights.BestAverage => read.Has(TrainingCheckpoint.BestAverage) ? TrainingCheckpoint.BestAverage : TrainingCheckpoint.Average,
            _ => throw new ArgumentOutOfRangeException(nameof(which), which, "must be one of the named weights."),
        };
        if (!read.Has(prefix))
            throw new InvalidDataException($"{checkpoint} has no weight average: its training kept none. Take {nameof(TrainedWeights.Best)} or {nameof(TrainedWeights.Last)}, or set {nameof(TrainingRecipe)}.{nameof(TrainingRecipe.Average)}.");
        Dictionary<string, string> texts = new() { [NetworkWeights.SpecKey] = read.Identity.Document["network"]!.ToJsonString() };
        NamedTensors section = new(new OrderedDictionary<string, Tensor>(read.Section(prefix).Pairs), texts);
        NetworkWeights.Load(classifier, section, new WeightsOptions(), $"{checkpoint} ({prefix}*)");
    }
}
