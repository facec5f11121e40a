using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// The length of all gradients together, and its limit (Pascanu et al. 2013, computed as PyTorch's clip_grad_norm_ does).
/// </summary>
public static class GradientNorm
{
    // What clip_grad_norm_ adds to the length it divides by.
    private const double Offset = 1e-6;

    /// <summary>The Euclidean length over all gradients.</summary>
    /// <param name="gradients">The gradients; null for a parameter that the loss does not reach. Not changed, not disposed.</param>
    /// <returns>A scalar. The caller disposes it.</returns>
    public static Tensor Of(IEnumerable<Tensor?> gradients)
    {
        using DisposeScope scope = NewDisposeScope();
        return stack(gradients.OfType<Tensor>().Select(gradient => gradient.norm())).norm().MoveToOuterDisposeScope();
    }

    /// <summary>Shortens the gradients in place when they are longer than the limit.</summary>
    /// <param name="gradients">The gradients; null for a parameter that the loss does not reach.</param>
    /// <param name="norm">Their length, from <see cref="Of"/>.</param>
    /// <param name="limit">The largest length, above 0.</param>
    public static void Clip(IEnumerable<Tensor?> gradients, double norm, double limit)
    {
        double factor = limit / (norm + Offset);
        if (factor >= 1)
            return;
        using Scalar scalar = factor.ToScalar();
        foreach (Tensor gradient in gradients.OfType<Tensor>())
            gradient.mul_(scalar);
    }
}
