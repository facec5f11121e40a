using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The spectral norms of all convolutions and linear layers of a network.</summary>
public static class SpectralNorms
{
    // How far the two sides of f(u + v) + f(0) = f(u) + f(v) may differ by rounding, for inputs of size 1.
    private const double LinearWithin = 1e-3;

    /// <summary>
    /// Sends one image through the network to see which layers compute, in which stage and on which input size, and finds the norm of each that is linear up to a
    /// bias and holds a matrix of weights: strides, padding and groups count as the layer applies them. Normalisation layers hold none and are left out.
    /// </summary>
    /// <param name="model">
    /// Any module from (N, C, H, W) to logits; one that is not <see cref="IStagedNetwork"/> is one stage, <c>logits</c>. Measured in evaluation mode; flags and
    /// buffers come back exactly. A layer must be called through its parent's forward pass, not computed by it.
    /// </param>
    /// <param name="image">One image of the size that matters, (1, C, H, W); its pixels do not matter.</param>
    /// <param name="method">How norms are found; null is the default.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>One norm for each layer and input size, in the order of computation.</returns>
    /// <exception cref="InvalidDescriptionException">The method has problems.</exception>
    /// <exception cref="ArgumentException">The image is not one of four dimensions.</exception>
    public static ValueList<LayerSpectralNorm> Of(
        nn.Module<Tensor, Tensor> model, Tensor image, PowerIteration? method = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(image);
        method ??= new PowerIteration();
        method.ThrowIfInvalid();
        if (image.dim() != 4 || image.shape[0] != 1)
            throw new ArgumentException($"the image must be one of (1, C, H, W), got ({string.Join(", ", image.shape)}). Take one with images.narrow(0, 0, 1).", nameof(image));
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using AttackedModel attacked = new(model, steers: false);
        ModelKind kind = ModelKind.Of(model);
        kind.Problems("Model").ThrowIfAny(nameof(SpectralNorms));
        // A copy, which the model may write into.
        Tensor pixels = image.to(kind.Dtype ?? image.dtype, kind.Device ?? image.device, copy: true);
        List<LayerSpectralNorm> norms = [];
        foreach ((string name, nn.Module<Tensor, Tensor> layer, string stage, long[] shape) in Calls(model, pixels))
        {
            Tensor input = zeros([1, .. shape], pixels.dtype, pixels.device);
            if (IsLinear(layer, input, name))
                norms.Add(new LayerSpectralNorm(name, stage, [.. shape], method.Of(layer.call, input, name, cancellationToken)));
        }
        return norms.ToValueList();
    }

    /// <summary>The norms of each stage together.</summary>
    /// <param name="layers">The norms of the layers.</param>
    /// <returns>One entry a stage, in the order of the layers.</returns>
    public static ValueList<StageSpectralNorms> ByStage(IEnumerable<LayerSpectralNorm> layers) =>
        layers.GroupBy(layer => layer.Stage)
            .Select(stage => new StageSpectralNorms(
                stage.Key, stage.Count(), stage.Aggregate(1.0, (product, layer) => product * layer.Norm.Value), stage.Max(layer => layer.Norm.Value)))
            .ToValueList();

    // Layers with a matrix of weights and no layers of their own, in the order they are called; a layer that is called on several sizes is there for each.
    private static List<(string Name, nn.Module<Tensor, Tensor> Layer, string Stage, long[] Shape)> Calls(nn.Module<Tensor, Tensor> model, Tensor pixels)
    {
        List<(string Name, nn.Module<Tensor, Tensor> Layer, int Stage, long[] Shape)> calls = [];
        List<string> stages = [];
        List<IDisposable> hooks = [];
        using DisposeScope scope = NewDisposeScope();
        try
        {
            foreach ((string name, nn.Module module) in model.named_modules().DistinctBy(named => named.module))
            {
                if (module is nn.Module<Tensor, Tensor> layer && !module.children().Any() && module.parameters(recurse: false).Any(weight => weight.dim() >= 2))
                    hooks.Add(new Hook(layer, input => calls.Add((name, layer, stages.Count, input.shape[1..]))));
            }
            if (model is IStagedNetwork staged)
                staged.ForwardByStage(pixels, (stage, _) => stages.Add(stage));
            else
                model.call(pixels);
        }
        finally
        {
            hooks.ForEach(hook => hook.Dispose());
        }
        stages.Add("logits");
        return [.. calls.DistinctBy(call => (call.Name, string.Join('x', call.Shape))).Select(call => (call.Name, call.Layer, stages[call.Stage], call.Shape))];
    }

    private static bool IsLinear(nn.Module<Tensor, Tensor> layer, Tensor input, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        RandomStream stream = RandomStream.From(0).For("linearity").For(name);
        Tensor u = stream.At(0).Normal([0], input.shape, input.dtype, input.device).reshape(input.shape), v = stream.At(1).Normal([0], input.shape, input.dtype, input.device).reshape(input.shape);
        Tensor sum = layer.call(u).Plus(layer.call(v)), together = layer.call(u.Plus(v)).Plus(layer.call(input));
        return (sum - together).abs().max().Number() <= LinearWithin * sum.abs().max().Number();
    }

    private sealed class Hook(nn.Module<Tensor, Tensor> layer, Action<Tensor> see) : IDisposable
    {
        private readonly nn.Module<Tensor, Tensor>.HookRemover _remover = layer.register_forward_pre_hook((_, input) =>
        {
            see(input);
            return input;
        });

        public void Dispose() => _remover.remove();
    }
}
