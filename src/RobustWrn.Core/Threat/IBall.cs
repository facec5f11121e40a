using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The geometry of gradient ascent around images: which way is steepest, and how to come back.</summary>
public interface IBall
{
    /// <summary>
    /// The direction of steepest ascent of length 1 in the norm, for each example. It depends on the gradient's direction alone, however
    /// small or large the gradient is.
    /// </summary>
    /// <param name="gradient">(N, C, H, W).</param>
    /// <returns>(N, C, H, W); zero where the gradient is zero. The caller disposes it.</returns>
    Tensor SteepestDirection(Tensor gradient);

    /// <summary>Brings candidates into the ball around the images and into [0, 1].</summary>
    /// <param name="candidates">(N, C, H, W).</param>
    /// <param name="images">(N, C, H, W) in [0, 1].</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    Tensor Project(Tensor candidates, Tensor images);
}
