using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A view of a network in evaluation mode for attacks: the same function of the pixels up to rounding, with batch normalisations folded into convolutions and features in
/// the layout that convolutions work on fastest. It is made of plain operations, so any loss can be differentiated through it with respect to the pixels; it has no
/// gradients for weights, and is only valid until they change.
/// </summary>
/// <remarks>Attacks look for points with it; verdicts that are reported come from the network itself.</remarks>
public sealed class FrozenNetwork : IDisposable
{
    private readonly Func<Tensor, Tensor> _forward;
    private readonly Func<Tensor, FollowedImages?>? _follow;
    private readonly IDisposable[] _owned;
    private bool _disposed;

    /// <summary>Makes a view from a function.</summary>
    /// <param name="forward">From images to logits; the caller of <see cref="Logits"/> disposes what it returns.</param>
    /// <param name="owned">What the view disposes: folded weights, inner views.</param>
    public FrozenNetwork(Func<Tensor, Tensor> forward, params ReadOnlySpan<IDisposable> owned)
    {
        ArgumentNullException.ThrowIfNull(forward);
        _forward = forward;
        _owned = [.. owned];
    }

    internal FrozenNetwork(Func<Tensor, Tensor> forward, Func<Tensor, FollowedImages?> follow, params ReadOnlySpan<IDisposable> owned)
        : this(forward, owned) => _follow = follow;

    /// <summary>The view of a network in evaluation mode that nobody looks into.</summary>
    /// <param name="network">The network.</param>
    /// <param name="spec">What it was built from; images that do not fit are refused.</param>
    /// <param name="fold">Folds its layers; may give the features of the images to the dispose scope of its caller.</param>
    /// <param name="follow">How to follow images through it; null where that cannot be done.</param>
    /// <returns>The view; null in training mode or where there are forward hooks.</returns>
    internal static FrozenNetwork? Of(nn.Module network, INetworkSpec spec, Func<Folding, Func<Tensor, Tensor>> fold, Func<Tensor, FollowedImages?>? follow = null)
    {
        if (network.training || ForwardHooks.Any(network))
            return null;
        Folding folding = new(network);
        try
        {
            Func<Tensor, Tensor> forward = fold(folding);
            return new FrozenNetwork(images =>
            {
                ImageShape.Check(images, spec);
                return forward(folding.Layout(images));
            }, follow ?? (static _ => null), folding);
        }
        catch
        {
            folding.Dispose();
            throw;
        }
    }

    /// <summary>Logits of the classes.</summary>
    /// <param name="images">What the network takes, (N, C, H, W); not changed, not disposed.</param>
    /// <returns>(N, classes). The caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">The view was disposed.</exception>
    public Tensor Logits(Tensor images)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using DisposeScope scope = NewDisposeScope();
        return _forward(images).MoveToOuterDisposeScope();
    }

    /// <summary>Follows images that change window by window. It costs a forward pass, and the memory of all its features.</summary>
    /// <param name="images">What the network takes, (N, C, H, W); not changed, not disposed.</param>
    /// <returns>The images, which the caller disposes before the view; null where a change reaches everything at once, as with group norms or squeeze and excitation.</returns>
    /// <exception cref="ObjectDisposedException">The view was disposed.</exception>
    public FollowedImages? Follow(Tensor images)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _follow?.Invoke(images);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (IDisposable item in _owned)
            item.Dispose();
    }
}
