using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A network that shows its features stage by stage while it computes its logits. Implement it in networks of your own whose stages
/// should be measured.
/// </summary>
public interface IStagedNetwork
{
    /// <summary>
    /// Logits of the classes, exactly as the network's forward pass gives them, with a look at what leaves each stage on the way.
    /// </summary>
    /// <param name="input">What the forward pass takes; not changed, not disposed.</param>
    /// <param name="observe">
    /// Called once after each stage, in order, with the stage's name (<c>stem</c>, <c>stage 1</c>, ..., <c>pooled</c>) and its features,
    /// whose first dimension is that of the input. The features stay the network's: do not change, dispose or keep them,
    /// and detach what is computed from them from the dispose scope if it must live longer than the call.
    /// </param>
    /// <returns>(N, classes). The caller disposes it.</returns>
    Tensor ForwardByStage(Tensor input, Action<string, Tensor> observe);
}
