using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Pixels in [0, 1] in, logits out: normalisation, then the network. The state dict of <see cref="Network"/> has the published names;
/// weights are stored from there.
/// </summary>
public sealed class Classifier : nn.Module<Tensor, Tensor>, IStagedNetwork, IFreezable
{
    private readonly nn.Module<Tensor, Tensor> network;
    private Tensor? _mean, _std;

    /// <summary>Wraps a network. The classifier owns it from here on.</summary>
    /// <param name="spec">What it was built from.</param>
    /// <param name="network">The network, from normalised pixels to logits (N, classes).</param>
    /// <param name="normalization">What happens before; null is the identity.</param>
    public Classifier(INetworkSpec spec, nn.Module<Tensor, Tensor> network, Normalization? normalization = null)
        : base(nameof(Classifier))
    {
        Spec = spec;
        Normalization = normalization ?? Normalization.Identity;
        Normalization.Problems(spec.InputChannels).ThrowIfAny(nameof(Classifier));
        this.network = network;
        register_module(nameof(network), network);
        HoldConstants();
    }

    /// <summary>What the network was built from; with the normalisation of weights that were loaded and bring one.</summary>
    public INetworkSpec Spec { get; private set; }

    /// <summary>
    /// What happens to pixels before the network. Weights that bring a normalisation give it to a classifier that has none
    /// (<see cref="WeightsReport"/>).
    /// </summary>
    public Normalization Normalization { get; private set; }

    /// <summary>The network without its normalisation.</summary>
    public nn.Module<Tensor, Tensor> Network => network;

    /// <summary>Logits of the classes.</summary>
    /// <param name="input">Pixels, (N, C, H, W) in [0, 1], dtype and device of the weights; not changed, not disposed.</param>
    /// <returns>(N, classes), dtype of the weights. The caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        if (!training || input.is_contiguous())
            return Normalized(input, network.call);
        // Other layouts would go through the network, and oneDNN's gradient of convolution weights corrupts the heap in channels-last at
        // some channel counts.
        using Tensor ordinary = input.contiguous();
        return Normalized(ordinary, network.call);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The stages of <see cref="Network"/> after normalisation; nothing is observed in a network that is not
    /// <see cref="IStagedNetwork"/>.
    /// </remarks>
    public Tensor ForwardByStage(Tensor input, Action<string, Tensor> observe) =>
        network is IStagedNetwork staged ? Normalized(input, normal => staged.ForwardByStage(normal, observe)) : forward(input);

    /// <inheritdoc/>
    /// <remarks>The view of <see cref="Network"/> after normalisation; none of a network that is not <see cref="IFreezable"/>.</remarks>
    public FrozenNetwork? Freeze() =>
        !training && !ForwardHooks.Any(this) && network is IFreezable freezable && freezable.Freeze() is { } view
            ? new FrozenNetwork(images => Normalized(images, view.Logits), images => Follow(view, images), view)
            : null;

    /// <summary>
    /// A view that computes in short numbers and takes and gives the classifier's own: for search alone. Its last linear layer stays
    /// long, so that logits can be told apart. It is faster than <see cref="Freeze()"/> only where the device multiplies such numbers
    /// itself.
    /// </summary>
    /// <param name="type">The type of its features: bfloat16.</param>
    /// <returns>The view, on a copy of the weights; null as from <see cref="Freeze()"/>. The caller disposes it.</returns>
    public FrozenNetwork? Freeze(ScalarType type)
    {
        if (training || ForwardHooks.Any(this))
            return null;
        Classifier copy = Copy();
        try
        {
            copy.to(type);
            foreach (LinearLayer head in copy.network.children().OfType<LinearLayer>())
                head.to(network.parameters().First().dtype);
            copy.eval();
            if (copy.Freeze() is { } view)
                return new FrozenNetwork(images => view.Logits(images.to(type)), images => Follow(view, images, type), view, copy);
            copy.Dispose();
            return null;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private static FollowedImages? Follow(FrozenNetwork view, Tensor images, ScalarType type)
    {
        using Tensor converted = images.to(type);
        return view.Follow(converted) is { } followed ? new FollowedImages(followed, other => other.to(type)) : null;
    }

    /// <summary>Takes the normalisation that weights were trained with.</summary>
    /// <param name="normalization">Of as many channels as the images.</param>
    /// <returns>False, and nothing changed, where the spec has no place for it and files written later would lack it.</returns>
    internal bool Normalize(Normalization normalization)
    {
        if (Spec.WithNormalization(normalization) is not { } spec)
            return false;
        normalization.Problems(spec.InputChannels).ThrowIfAny(nameof(Classifier));
        (Spec, Normalization) = (spec, normalization);
        HoldConstants();
        return true;
    }

    private void HoldConstants()
    {
        _mean?.Dispose();
        _std?.Dispose();
        (_mean, _std) = Normalization.IsIdentity ? (null, null) : (Constant(Normalization.Mean), Constant(Normalization.Std));
    }

    private static Tensor Constant(ValueList<double> numbers)
    {
        using Tensor flat = tensor(numbers.ToArray(), ScalarType.Float64).DetachFromDisposeScope();
        return flat.reshape(1, -1, 1, 1).DetachFromDisposeScope();
    }

    private Classifier Copy()
    {
        using IDisposable guard = no_grad();
        Classifier copy = Spec.Build(0);
        if (copy.Normalization != Normalization)
            copy = new Classifier(Spec, copy.network, Normalization);
        copy.to(network.parameters().First().device);
        Dictionary<string, Tensor> own = state_dict();
        foreach ((string name, Tensor tensor) in copy.state_dict())
            tensor.copy_(own[name]);
        return copy;
    }

    private FollowedImages? Follow(FrozenNetwork view, Tensor images)
    {
        if (Normalization.IsIdentity)
            return view.Follow(images);
        using Tensor normal = Normalized(images, static same => same.alias());
        return view.Follow(normal) is { } followed ? new FollowedImages(followed, other => Normalized(other, static same => same.alias())) : null;
    }

    private Tensor Normalized(Tensor input, Func<Tensor, Tensor> forward)
    {
        if (_mean is null || _std is null)
            return forward(input);
        using Tensor mean = _mean.to(input.dtype, input.device), std = _std.to(input.dtype, input.device);
        using Tensor centred = input - mean;
        using Tensor normal = centred / std;
        return forward(normal);
    }

    /// <summary>
    /// Gives each <see cref="StreamDropout"/> of the network a stream of its own, keyed by the layer's name.
    /// Call it before every training step.
    /// </summary>
    /// <param name="stream">The step's stream.</param>
    /// <param name="examples">The ids of the examples of the batch, in its order.</param>
    public void DrawDropoutFrom(RandomStream stream, ReadOnlySpan<long> examples)
    {
        ArgumentNullException.ThrowIfNull(stream);
        foreach ((string name, nn.Module module) in network.named_modules())
        {
            if (module is StreamDropout dropout)
                dropout.DrawFrom(stream.For(name), examples);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _mean?.Dispose();
            _std?.Dispose();
        }
        base.Dispose(disposing);
    }
}
