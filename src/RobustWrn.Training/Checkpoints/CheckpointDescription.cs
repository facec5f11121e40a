using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>The training of a checkpoint: enough to repeat it, with the same images.</summary>
/// <param name="Plan">What was minimised, how, and against whom.</param>
/// <param name="Network">The network.</param>
/// <param name="Seed">
/// The seed that all randomness came from. The network's own start is not told by it: see <see cref="INetworkSpec.Build"/>.
/// </param>
/// <param name="TrainingImages">The <see cref="IImageSource.Fingerprint"/> of the training images.</param>
/// <param name="ValidationImages">The fingerprint of the validation images.</param>
/// <param name="Environment">Versions, instruction set, threads and device.</param>
/// <param name="Epochs">The epochs that are done.</param>
public sealed record CheckpointDescription(
    TrainingPlan Plan, INetworkSpec Network, Seed Seed, string TrainingImages, string ValidationImages, string Environment, ValueList<EpochMetrics> Epochs)
{
    /// <summary>Reads and verifies a checkpoint.</summary>
    /// <param name="checkpoint">The file: <see cref="TrainingResult.Checkpoint"/>.</param>
    /// <exception cref="InvalidDataException">It is damaged, or a part of it is of a type that no loaded assembly has.</exception>
    /// <exception cref="CheckpointRefusedException">It was written by another version of this library.</exception>
    public static CheckpointDescription Read(string checkpoint)
    {
        using TrainingCheckpoint read = TrainingCheckpoint.Read(checkpoint);
        JsonObject identity = read.Identity.Document;
        TrainingPlan plan = new() { Objective = Part<IRobustObjective>("objective"), Recipe = Part<TrainingRecipe>("recipe"), Threat = Part<ThreatModel>("threat") };
        return new CheckpointDescription(
            plan, Part<INetworkSpec>("network"), (long)identity["seed"]!, (string)identity["trainingImages"]!, (string)identity["validationImages"]!, read.Environment, read.Position.Epochs);

        T Part<T>(string name)
            where T : IDescription => DescriptionJson.Read<T>(identity[name]!.ToJsonString(), $"{checkpoint} ({name})");
    }

    /// <summary>Network, objective and epochs.</summary>
    public override string ToString() =>
        $"{Network.Name} trained by {Plan.Objective.Name} under {Plan.Threat}, seed {Seed}: "
        + $"{Quantity.Of(Epochs.Count, "epoch")} done{(Epochs.Count == 0 ? "" : $", the last {Epochs[^1]}")}";
}
