using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The material of one query of the Square attack. It owns nothing.</summary>
/// <param name="images">The unchanged images.</param>
/// <param name="best">The best points so far.</param>
/// <param name="examples">The ids of the images.</param>
/// <param name="noise">The randomness of the query.</param>
/// <param name="share">The share of the pixels that a window covers.</param>
public sealed class SquareQuery(Tensor images, Tensor best, ValueList<long> examples, RandomStream noise, double share)
{
    /// <summary>The unchanged images, (n, C, H, W) in [0, 1]: the same tensor from query to query until one of them leaves.</summary>
    public Tensor Images { get; } = images;

    /// <summary>The best point of each so far, (n, C, H, W); only read.</summary>
    public Tensor Best { get; } = best;

    /// <summary>The ids of the images, which randomness is keyed by.</summary>
    public ValueList<long> Examples { get; } = examples;

    /// <summary>The randomness of the query.</summary>
    public RandomStream Noise { get; } = noise;

    /// <summary>The share of the pixels that a window covers, in (0, 1].</summary>
    public double Share { get; } = share;
}
