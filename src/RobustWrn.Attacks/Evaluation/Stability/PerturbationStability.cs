using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Perturbation stability: the share of images whose predicted class the attack does not change, right or wrong (Wu et al. 2021, arXiv 2010.01279;
/// Huang et al. 2021 compare architectures by it). Robust accuracy is at most that share and at most clean accuracy.
/// </summary>
public static class PerturbationStability
{
    /// <summary>Counts the pairs with the same prediction.</summary>
    /// <param name="model">Any module from (N, C, H, W) in [0, 1] to logits (N, classes). Measured in evaluation mode; flags and buffers come back exactly.</param>
    /// <param name="pairs">The images and what an attack made of them.</param>
    /// <param name="blockSize">Pairs measured together.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    /// <returns>How many, with the 95 % Wilson interval.</returns>
    /// <exception cref="ArgumentException">The pairs cannot be measured: see <see cref="ImagePairs.ThrowIfInvalid"/>; or a label has no logit.</exception>
    /// <exception cref="NonFiniteLogitsException">The model returned NaN or infinity.</exception>
    public static Proportion Measure(nn.Module<Tensor, Tensor> model, ImagePairs pairs, int blockSize = 128, CancellationToken cancellationToken = default)
    {
        PairPass pass = new(model, [], stages: null);
        pass.Run(pairs, blockSize, cancellationToken);
        return pass.Stable;
    }
}
