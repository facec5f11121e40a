using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>One forward pass with its graph: logits, and the gradient of as many scalars of them as are asked for.</summary>
internal sealed class GradientPass : IDisposable
{
    private readonly Tensor _leaf, _logits;

    public GradientPass(Tensor images, Func<Tensor, Tensor> model)
    {
        using IDisposable guard = enable_grad();
        using DisposeScope scope = NewDisposeScope();
        _leaf = images.detach().requires_grad_();
        _logits = model(_leaf);
        Logits = _logits.detach().DetachFromDisposeScope();
        _leaf.DetachFromDisposeScope();
        _logits.DetachFromDisposeScope();
    }

    /// <summary>(N, classes), without a graph; disposed with the pass.</summary>
    public Tensor Logits { get; }

    /// <summary>The gradient of a scalar with respect to the images.</summary>
    /// <param name="objective">From logits (N, classes) to a scalar.</param>
    /// <param name="last">Whether no other gradient is asked for, so that the graph can go.</param>
    /// <returns>(N, C, H, W), contiguous. The caller disposes it.</returns>
    public Tensor Gradient(Func<Tensor, Tensor> objective, bool last = true)
    {
        using IDisposable guard = enable_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor value = objective(_logits);
        if (!value.requires_grad)
            throw new InvalidOperationException("logits must depend on the pixels through operations that keep gradients, got some that carry none. "
                + "Does the model detach, round or classify under no_grad? Then no gradient attack says anything about it.");
        // A view works in channels-last and its gradients come so. Adversarial images must not: trained on, they crash oneDNN's gradient of weights (decision 7).
        return autograd.grad([value], [_leaf], retain_graph: !last)[0].contiguous().MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        Logits.Dispose();
        _logits.Dispose();
        _leaf.Dispose();
    }
}
