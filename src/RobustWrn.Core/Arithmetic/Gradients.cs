using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Gradients of a scalar, as <c>autograd.grad</c> gives them. TorchSharp's own lets an error inside the backward pass (memory that runs
/// out, a value that was overwritten in place) end the process; this throws it.
/// </summary>
public static class Gradients
{
    /// <summary>The gradient with respect to each of some tensors.</summary>
    /// <param name="value">A scalar with a graph.</param>
    /// <param name="leaves">
    /// What it depends on: tensors that require gradients. What is accumulated in their <c>grad</c> stays as it was.
    /// </param>
    /// <param name="keepsGraph">Whether the graph is kept for another gradient.</param>
    /// <returns>
    /// A tensor of the shape of each, in its layout; null for one that the value does not depend on. The caller disposes them.
    /// </returns>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">The backward pass failed; the message is libtorch's.</exception>
    public static Tensor?[] Of(Tensor value, IReadOnlyList<Tensor> leaves, bool keepsGraph = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(leaves);
        Tensor?[] accumulated = [.. leaves.Select(leaf => leaf.grad)];
        foreach (Tensor leaf in leaves)
            leaf.grad = null;
        try
        {
            autograd.backward([value], retain_graph: keepsGraph, inputs: [.. leaves]);
            return [.. leaves.Select(leaf => leaf.grad)];
        }
        finally
        {
            for (int i = 0; i < leaves.Count; i++)
            {
                leaves[i].grad = accumulated[i];
                accumulated[i]?.Dispose();
            }
        }
    }

    /// <summary>The gradient with respect to one tensor.</summary>
    /// <param name="value">A scalar with a graph.</param>
    /// <param name="leaf">What it depends on.</param>
    /// <param name="keepsGraph">Whether the graph is kept for another gradient.</param>
    /// <returns>A tensor of its shape. The caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">The value does not depend on it.</exception>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">The backward pass failed; the message is libtorch's.</exception>
    public static Tensor Of(Tensor value, Tensor leaf, bool keepsGraph = false) =>
        Of(value, [leaf], keepsGraph)[0] ?? throw new InvalidOperationException("a value must depend on the tensor whose gradient is asked for, got one that does not. Look for detach() and no_grad() on the way.");
}
