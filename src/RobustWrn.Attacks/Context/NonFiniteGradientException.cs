using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The gradient with respect to the pixels is NaN or infinite although the logits of the unchanged images are finite, so it shows an attack no way.</summary>
public sealed class NonFiniteGradientException : InvalidOperationException
{
    internal NonFiniteGradientException()
        : base("the gradient with respect to the pixels must be finite, got NaN or infinity although the logits of the unchanged images are finite. "
            + "Look for square roots, divisions or logarithms at 0 in the model, and for weights that grew too large.")
    {
    }

    /// <summary>Throws when a sum of gradients is not finite. One look a run instead of one a step: NaN and infinity stay in a sum.</summary>
    /// <param name="sum">The sum of all gradients of a run, a scalar.</param>
    /// <param name="model">The model, whose own logits come first: they are the better explanation.</param>
    /// <param name="images">The unchanged images.</param>
    internal static void ThrowIfAny(Tensor sum, AttackedModel model, Tensor images)
    {
        if (double.IsFinite(sum.ToDouble()))
            return;
        using DisposeScope scope = NewDisposeScope();
        if (images.shape[0] > 0)
            _ = model.Logits(images);
        throw new NonFiniteGradientException();
    }
}
