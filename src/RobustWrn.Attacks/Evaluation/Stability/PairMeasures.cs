using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Measures pairs with any model.</summary>
public static class PairMeasures
{
    /// <summary>Measures every pair, block by block.</summary>
    /// <param name="measure">What is measured.</param>
    /// <param name="model">Any module from (N, C, H, W) in [0, 1] to logits (N, classes). Measured in evaluation mode; flags and buffers come back exactly.</param>
    /// <param name="pairs">The images and what an attack made of them.</param>
    /// <param name="blockSize">Pairs measured together. It changes results only by rounding.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    /// <returns>One number a pair, in order.</returns>
    /// <exception cref="InvalidDescriptionException">The measure or the threat has problems.</exception>
    /// <exception cref="ArgumentException">The pairs cannot be measured: see <see cref="ImagePairs.ThrowIfInvalid"/>; or a label has no logit.</exception>
    /// <exception cref="NonFiniteLogitsException">The model returned NaN or infinity.</exception>
    public static ValueList<double> Measure(
        this IPairMeasure measure, nn.Module<Tensor, Tensor> model, ImagePairs pairs, int blockSize = 128, CancellationToken cancellationToken = default)
    {
        measure.ThrowIfInvalid();
        PairPass pass = new(model, [measure], stages: null);
        pass.Run(pairs, blockSize, cancellationToken);
        return pass.Values(0).ToValueList();
    }
}
