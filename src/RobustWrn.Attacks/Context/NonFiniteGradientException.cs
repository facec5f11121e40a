namespace RobustWrn.Attacks;

/// <summary>The gradient with respect to the pixels is NaN or infinite although the logits of the unchanged images are finite, so it shows an attack no way.</summary>
public sealed class NonFiniteGradientException : InvalidOperationException
{
    internal NonFiniteGradientException()
        : base("the gradient with respect to the pixels must be finite, got NaN or infinity although the logits of the unchanged images are finite. "
            + "Look for square roots, divisions or logarithms at 0 in the model, and for weights that grew too large.")
    {
    }
}
