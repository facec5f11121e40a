using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// The memory that a training takes at least, in bytes, from the closed form of the network's cost: float32 weights and gradients,
/// what the optimiser remembers, and the activations of one step. Attacks by the statistics of the batch, which have no frozen view,
/// take more.
/// </summary>
/// <param name="Weights">Learned numbers.</param>
/// <param name="Gradients">One for each of them.</param>
/// <param name="OptimizerState">What the optimiser remembers between steps.</param>
/// <param name="Activations">
/// The larger peak of a training step and an attack step on the images that go through the network at once.
/// </param>
/// <param name="Copies">
/// Further copies of the weights: those of the best epoch, a weight average and its best, what weight perturbation keeps in a step,
/// and what a recovery goes back to.
/// </param>
public sealed record TrainingMemory(long Weights, long Gradients, long OptimizerState, long Activations, long Copies = 0)
{
    private const double Gibibyte = 1L << 30;

    /// <summary>All of it.</summary>
    public long Total => checked(Weights + Gradients + OptimizerState + Activations + Copies);

    /// <summary>The memory of a training.</summary>
    /// <param name="network">The network.</param>
    /// <param name="objective">What is minimised; its forward passes count.</param>
    /// <param name="recipe">How it is trained; its batch size, optimiser and copies of the weights count.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <exception cref="InvalidDescriptionException">The network has problems.</exception>
    /// <exception cref="OverflowException">More bytes than a 64-bit number holds.</exception>
    public static TrainingMemory Of(INetworkSpec network, IRobustObjective objective, TrainingRecipe recipe, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(recipe);
        NetworkCost cost = network.Cost(height, width);
        long weights = checked(cost.Parameters * sizeof(float));
        int remembered = recipe.Optimizer.RememberedPerParameter, atOnce = Math.Min(recipe.MicroBatchSize ?? recipe.BatchSize, recipe.BatchSize);
        // The best; the average, its best, and the weights that make way for it in validation; two copies and another gradient for a
        // perturbation; the start of an epoch.
        int copies = 1 + (recipe.Average is null ? 0 : 3) + (recipe.Perturbation is null ? 0 : 3) + (recipe.Recovery is null ? 0 : 1 + remembered + (recipe.Average is null ? 0 : 1));
        return new TrainingMemory(weights, weights, checked(weights * remembered),
            Math.Max(checked(cost.TrainingActivationBytes(atOnce) * objective.ForwardPasses), cost.AttackActivationBytes(atOnce)), checked(weights * copies));
    }

    /// <summary>
    /// The largest number of images at once whose training needs no more than there is, by the estimate, which is a lower bound.
    /// </summary>
    /// <param name="network">The network, without problems.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="recipe">How it is trained.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="available">Bytes that there are.</param>
    /// <returns>At least 2 and at most the recipe's batch size; null when not even 2 fit.</returns>
    public static int? LargestBatch(INetworkSpec network, IRobustObjective objective, TrainingRecipe recipe, int height, int width, long available)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        int fits = 1, above = recipe.BatchSize + 1;
        while (above - fits > 1)
        {
            int middle = fits + (above - fits) / 2;
            if (Fits(middle))
                fits = middle;
            else
                above = middle;
        }
        return fits < 2 ? null : fits;

        bool Fits(int batchSize)
        {
            try
            {
                return Of(network, objective, recipe with { BatchSize = batchSize, MicroBatchSize = null }, height, width).Total <= available;
            }
            catch (OverflowException)
            {
                return false;
            }
        }
    }

    /// <summary>The problem of a network whose training takes more than there is.</summary>
    /// <param name="network">The network, without problems.</param>
    /// <param name="objective">The objective, without problems.</param>
    /// <param name="recipe">The recipe, without problems.</param>
    /// <param name="images">The images, which fit the network.</param>
    /// <param name="device">
    /// Where it is trained; null is the CPU. The memory of other devices is not known here: nothing is refused on them unless it is
    /// given.
    /// </param>
    /// <param name="available">Bytes that there are; null asks the machine (or the container's limit).</param>
    /// <param name="name">The network's name in the problem.</param>
    public static IEnumerable<Problem> Problems(INetworkSpec network, IRobustObjective objective, TrainingRecipe recipe, IImageSource images, Device? device, long? available, string name)
    {
        ArgumentNullException.ThrowIfNull(images);
        long limit = available ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (limit <= 0 || (available is null && device is not null && device.type != DeviceType.CPU))
            yield break;
        int batchSize = (int)Math.Min(recipe.BatchSize, images.Count);
        string estimate;
        try
        {
            TrainingMemory memory = Of(network, objective, recipe with { BatchSize = batchSize }, images.Height, images.Width);
            if (memory.Total <= limit)
                yield break;
            estimate = memory.ToString();
        }
        catch (OverflowException)
        {
            estimate = "more bytes than a 64-bit number holds";
        }
        yield return new Problem(name, $"must fit into the {Text(limit)} of memory there are, but training {network.Name} takes at least {estimate} at batch size {batchSize}. "
            + (LargestBatch(network, objective, recipe with { BatchSize = batchSize }, images.Height, images.Width, limit) is { } fits
                ? string.Create(CultureInfo.InvariantCulture, $"Let at most {Quantity.Of(fits, "image")} through the network at once ({nameof(TrainingRecipe.MicroBatchSize)} or {nameof(TrainingRecipe.BatchSize)}), or take a narrower or shallower network.")
                : "Take a narrower or shallower network."));
    }

    /// <summary>The total in GiB and its parts.</summary>
    public override string ToString() =>
        $"{Text(Total)} (weights {Text(Weights)}, gradients {Text(Gradients)}, optimiser {Text(OptimizerState)}, activations {Text(Activations)}{(Copies == 0 ? "" : $", copies {Text(Copies)}")})";

    private static string Text(long bytes) => (bytes / Gibibyte).ToString("0.00", CultureInfo.InvariantCulture) + " GiB";
}
