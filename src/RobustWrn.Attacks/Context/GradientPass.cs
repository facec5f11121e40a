using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// One forward pass with its graph: logits, and the gradient of as many scalars of them as are asked for. From
/// <see cref="AttackedModel.Pass"/>; disposing it frees the graph.
/// </summary>
public sealed class GradientPass : IDisposable
{
    private readonly Tensor _leaf, _logits;
    private readonly Func<Tensor, Tensor> _model;
    private readonly int _draws;
    private readonly CancellationToken _cancellationToken;

    internal GradientPass(Tensor images, Func<Tensor, Tensor> model, int draws, CancellationToken cancellationToken)
    {
        (_model, _draws, _cancellationToken) = (model, draws, cancellationToken);
        using IDisposable guard = enable_grad();
        using DisposeScope scope = NewDisposeScope();
        _leaf = images.detach().requires_grad_();
        _logits = Ask(_leaf);
        Logits = _logits.detach().DetachFromDisposeScope();
        _leaf.DetachFromDisposeScope();
        _logits.DetachFromDisposeScope();
    }

    /// <summary>(N, classes), without a graph; disposed with the pass.</summary>
    public Tensor Logits { get; }

    /// <summary>The gradient of a scalar with respect to the images.</summary>
    /// <param name="objective">From logits (N, classes) to a scalar.</param>
    /// <param name="last">Whether no other gradient is asked for, so that the graph can go.</param>
    /// <returns>
    /// (N, C, H, W), contiguous: the mean of <see cref="AttackContext.GradientDraws"/> passes where that is more than one. The caller
    /// disposes it.
    /// </returns>
    /// <exception cref="InvalidOperationException">The scalar does not depend on the pixels.</exception>
    public Tensor Gradient(Func<Tensor, Tensor> objective, bool last = true)
    {
        ArgumentNullException.ThrowIfNull(objective);
        Tensor? others = _draws > 1 ? OtherDraws(objective) : null;
        Tensor gradient = One(objective, _logits, last);
        if (others is null)
            return gradient;
        using IDisposable guard = no_grad();
        gradient.PlusInPlace(others).TimesInPlace(1.0 / _draws);
        others.Dispose();
        return gradient;
    }

    // One after the other, so that no more than two graphs are in memory; the pass's own comes last, so that what an objective keeps belongs to its logits.
    private Tensor OtherDraws(Func<Tensor, Tensor> objective)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor sum = zeros_like(_leaf, requires_grad: false);
        for (int draw = 1; draw < _draws; draw++)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope inner = NewDisposeScope();
            using IDisposable guard = enable_grad();
            Tensor another = One(objective, Ask(_leaf), last: true);
            using IDisposable none = no_grad();
            sum.PlusInPlace(another);
        }
        return sum.MoveToOuterDisposeScope();
    }

    private Tensor Ask(Tensor images)
    {
        PassMeter.Forward(images.shape[0]);
        return _model(images);
    }

    private Tensor One(Func<Tensor, Tensor> objective, Tensor logits, bool last)
    {
        using IDisposable guard = enable_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor value = objective(logits);
        if (!value.requires_grad)
            throw new InvalidOperationException("logits must depend on the pixels through operations that keep gradients, got some that carry none. "
                + "Does the model detach, round or classify under no_grad? Then no gradient attack says anything about it.");
        PassMeter.Backward(_leaf.shape[0]);
        // A view works in channels-last and its gradients come so. Adversarial images must not: trained on, they crash oneDNN's gradient of weights (decision 7).
        try
        {
            return Gradients.Of(value, _leaf, keepsGraph: !last).contiguous().MoveToOuterDisposeScope();
        }
        catch (Exception e) when (e.Message.Contains("modified by an inplace operation", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("a model must not change a tensor in place that its gradient needs, but one did between its layers. "
                + "Write x = x.sub(y) for x.sub_(y), and leave inplace out of activations.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Logits.Dispose();
        _logits.Dispose();
        _leaf.Dispose();
    }
}
