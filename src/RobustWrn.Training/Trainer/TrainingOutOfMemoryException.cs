using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// A training step took more memory than there is. The checkpoints before it are intact, the classifier's weights are those before the
/// step.
/// </summary>
public sealed class TrainingOutOfMemoryException : InvalidOperationException
{
    internal TrainingOutOfMemoryException(int batchSize, int batchThatFits, TrainingMemory estimate, string kept, Exception inner)
        : base(string.Create(CultureInfo.InvariantCulture,
            $"a training step must fit into memory, but at {Quantity.Of(batchSize, "image")} at once it did not: {OutOfMemory.FirstLine(inner)} It takes at least {estimate}. {kept} Let {Quantity.Of(batchThatFits, "image")} through the network at once: as {nameof(TrainingRecipe.MicroBatchSize)}, which keeps the batch, or as {nameof(TrainingRecipe.BatchSize)}."), inner) =>
        (Estimate, BatchThatFits) = (estimate, batchThatFits);

    /// <summary>The least that the training takes.</summary>
    public TrainingMemory Estimate { get; }

    /// <summary>Images at once that should fit.</summary>
    public int BatchThatFits { get; }
}
