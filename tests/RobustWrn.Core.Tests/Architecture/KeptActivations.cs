using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>
/// What a built network keeps for the backward pass, counted from the tensors that really pass through its modules: each memory once, told apart by its address, while all
/// of them are held. The rules are those of libtorch 2.10, layer by layer; operations outside of a module are counted where the module around them is.
/// </summary>
internal sealed class KeptActivations : IDisposable
{
    private readonly List<Tensor> _held = [];
    private readonly Dictionary<nint, long> _kept = [];
    private readonly bool _training;
    private long _withoutTensor;

    private KeptActivations(bool training) => _training = training;

    /// <summary>Runs the network on one image.</summary>
    public static long Count(Classifier classifier, int channels, int height, int width, bool training)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        using KeptActivations kept = new(training);
        foreach (nn.Module module in classifier.modules().Except(classifier.modules().SelectMany(Unread)))
            kept.Watch(module);
        classifier.train(training);
        classifier.call(rand(1, channels, height, width));
        return kept._kept.Values.Sum() + kept._withoutTensor;
    }

    public void Dispose() => _held.ForEach(tensor => tensor.Dispose());

    // A RobustResBlock without a shortcut convolution runs its first two layers for nobody; what they kept goes with their result.
    private static IEnumerable<nn.Module> Unread(nn.Module module)
    {
        Dictionary<string, nn.Module> children = module.named_children().ToDictionary(child => child.name, child => child.module);
        return module.GetName() == nameof(RobustResBlock) && !children.ContainsKey("convShortcut") ? [children["bn1"], children["act1"]] : [];
    }

    private void Watch(nn.Module module)
    {
        switch (module)
        {
            case ConvolutionLayer convolution:
                Hook(convolution, (input, _) => KeepConvolved(convolution, input));
                break;
            case LinearLayer linear:
                Hook(linear, (input, _) => Keep(input, when: _training));
                break;
            case SqueezeExcitation squeeze:
                Hook(squeeze, (input, _) => Keep(input));
                LinearLayer[] layers = [.. squeeze.modules().OfType<LinearLayer>()];
                Hook(layers[1], (input, output) =>
                {
                    Keep(input);
                    _withoutTensor += output.numel(); // the gate: as large, and made from it outside of any module
                });
                break;
            case nn.Module<Tensor, Tensor> block when block.GetName() == nameof(RobustResBlock) && block.modules().OfType<ConvolutionLayer>().Any(layer => layer.Stride > 1):
                Hook((nn.Module<Tensor, Tensor>)block.named_children().Single(child => child.name == "act2").module, (_, output) => Keep(output)); // the average pooling reads a part of it
                break;
            case ElementwiseModule mish when mish.GetName() == nameof(Mish):
                Hook(mish, (input, _) => Keep(input, others: 1)); // the tanh
                break;
            case BatchNorm or GroupNorm or SiLU or PReluModule or GELU or ElementwiseModule:
                Hook((nn.Module<Tensor, Tensor>)module, (input, _) => Keep(input));
                break;
            case ReLU relu:
                Hook(relu, (_, output) => Keep(output));
                break;
            case StreamDropout dropout:
                Hook(dropout, (input, _) => _withoutTensor += _training ? input.numel() : 0); // the mask
                break;
            case nn.Module<Tensor, Tensor> stem when stem.GetName() == "PooledStem":
                Hook(stem, (_, output) => _withoutTensor += 2 * output.numel()); // where each maximum stood, 64 bits each
                Hook((nn.Module<Tensor, Tensor>)stem.children().Last(), (_, output) => _withoutTensor += output.numel()); // the ReLU after it
                break;
            case MaxPool2d pooling:
                Hook(pooling, (input, output) => Keep(input, also: 2 * output.numel())); // and where each maximum stood, 64 bits each
                break;
            case nn.Module<Tensor, Tensor> transition when transition.GetName() == "DenseTransition":
                Hook(transition.modules().OfType<ConvolutionLayer>().Single(), (_, output) => Keep(output)); // read by the average pooling
                break;
            case ResNet { Spec.Stem.Pooled: true } resNet:
                Hook((nn.Module<Tensor, Tensor>)resNet.named_children().Single(child => child.name == "act1").module,
                    (_, output) => Keep(output, also: 2 * output.shape[1] * ((output.shape[2] + 1) / 2) * ((output.shape[3] + 1) / 2))); // read by the maximum pooling
                break;
            case nn.Module<Tensor, Tensor> parametric when parametric.GetName() == nameof(ParametricSilu):
                Hook(parametric, (input, _) => Keep(input, others: _training ? 3 : 2)); // sigmoid and gate; for the weights also their product with the input
                break;
        }
    }

    private static void Hook(nn.Module<Tensor, Tensor> module, Action<Tensor, Tensor> look) => module.register_forward_hook((_, input, output) =>
    {
        look(input, output);
        return output;
    });

    private void KeepConvolved(ConvolutionLayer layer, Tensor input)
    {
        int kernel = (int)layer.Weight.shape[2];
        long height = input.shape[2], width = input.shape[3];
        long rows = Missing(height, kernel, layer.Stride), columns = Missing(width, kernel, layer.Stride);
        if (layer.Padding == Padding.Same && (rows % 2 == 1 || columns % 2 == 1))
            _withoutTensor += input.shape[1] * (height + rows) * (width + columns); // a copy with its zeros
        else
            Keep(input);
    }

    // Rows that the last window lacks when it starts at a multiple of the stride.
    private static long Missing(long size, int kernel, int stride)
    {
        long last = (size - 1) / stride * stride + kernel;
        return last > size ? last - size : 0;
    }

    private void Keep(Tensor tensor, bool when = true, int others = 0, long also = 0)
    {
        if (!when)
            return;
        _withoutTensor += others * tensor.numel() + also;
        // Held, so that no later tensor gets the same address.
        Tensor held = tensor.alias().DetachFromDisposeScope();
        _held.Add(held);
        using Storage<float> storage = held.storage<float>();
        _kept[storage.data_ptr()] = (long)storage.nbytes() / sizeof(float);
    }
}
