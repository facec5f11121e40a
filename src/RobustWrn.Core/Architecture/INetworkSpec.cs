using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Everything that experiments, recipes, attacks and results know of a network before it is built.</summary>
public interface INetworkSpec : IDescription
{
    /// <summary>A short name for tables: <c>WRN-28-10</c>, or the depths and widths.</summary>
    string Name { get; }

    /// <summary>How many classes the network tells apart.</summary>
    int Classes { get; }

    /// <summary>Channels of its images.</summary>
    int InputChannels { get; }

    /// <summary>
    /// Rows and columns that an image must have at least: more than 1 where poolings would leave nothing of smaller ones.
    /// </summary>
    int SmallestSide => 1;

    /// <summary>What happens to pixels before the network; null where the spec does not say.</summary>
    Normalization? Normalization => null;

    /// <summary>The same network for pixels that are normalised by other numbers, as weights that were trained so need it.</summary>
    /// <param name="normalization">What happens to pixels before the network.</param>
    /// <returns>Null from a spec that has no place for them, which is what a spec says that does not implement this.</returns>
    INetworkSpec? WithNormalization(Normalization normalization) => null;

    /// <summary>The exact cost for images of a size, computed without building anything.</summary>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <exception cref="InvalidDescriptionException">The spec has problems.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The image is smaller than <see cref="SmallestSide"/>, or too large for 64-bit numbers.
    /// </exception>
    NetworkCost Cost(int height, int width);

    /// <summary>Builds the network, in training mode, with fresh weights drawn from the seed.</summary>
    /// <param name="seed">The same seed gives the same bits.</param>
    /// <param name="device">Where the weights go; null is the CPU.</param>
    /// <returns>The classifier. The caller disposes it.</returns>
    /// <exception cref="InvalidDescriptionException">The spec has problems, or there is no such device here.</exception>
    Classifier Build(Seed seed, Device? device = null);
}
